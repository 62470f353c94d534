"""Drafts on their way from the provider to as many screens, beside a bare relay over the same Redis.

    .venv/bin/python -m bench.drafting [--drafts 1,10,50,100] [--chunks 250] [--characters 200] [--port 24100]

Ends with 1 when a viewer's text is not the database's. bench/README.md says what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import os

import uvloop

from bench.ack.product import Product, product
from bench.drafting.measured import Order, Run
from bench.drafting.report import aims, table

PLACES = 120
"""Drafts at once in the one worker: more than the largest run has."""
WARMING = 5


def main() -> int:
    chosen = _arguments()
    os.environ["CONTRACTFLOW_DRAFTS_AT_ONCE"] = str(PLACES)
    orders = [Order(drafts, chosen.chunks, chosen.characters) for drafts in chosen.drafts]
    with product("", chosen.port, "--ai", "sandbox") as running:
        print(
            f"{os.cpu_count()} cores, load {_load()}; {chosen.chunks} chunks of {chosen.characters} characters each"
        )
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runs = runner.run(measure(running, orders, chosen.port + 2))
    print(table(runs))
    print(aims(runs))
    troubles = [trouble for run, _ in runs for trouble in run.troubles]
    print(
        "\n".join(["\nA TEXT DIFFERS", *troubles]) if troubles else "\nEvery viewer's text is the database's."
    )
    return int(bool(troubles))


async def measure(running: Product, orders: list[Order], port: int) -> list[tuple[Run, Run]]:
    """The product and the floor (its relay on `port`), one after the other, for each of `orders`."""
    from bench.ack.agencies import found  # noqa: PLC0415 -- the settings are in the environment only now
    from bench.drafting import drafts  # noqa: PLC0415
    from bench.drafting.floor import floor  # noqa: PLC0415

    # One member in an organisation: what it may draft at once and in a month is no matter here.
    workers = await asyncio.to_thread(found, max(order.drafts for order in orders), len(orders) + 1, 1)
    runs = []
    with floor(running, port) as bare:
        # The first of everything, which is not measured: connections, and what is imported late.
        first = Order(min(WARMING, len(workers)), 60, 200)
        await drafts.measure(running, workers, first, len(orders))
        await bare.measure(first)
        for number, order in enumerate(orders):
            print(f"{order.drafts} at once, load {_load()} …", flush=True)
            runs.append((await drafts.measure(running, workers, order, number), await bare.measure(order)))
    return runs


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.drafting", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--drafts", type=_numbers, default=[1, 10, 50, 100], help="at once, one run for each")
    parser.add_argument("--chunks", type=int, default=250, help="of a draft, twenty a second")
    parser.add_argument("--characters", type=int, default=200, help="of a chunk, 60 to 900")
    parser.add_argument(
        "--port", type=int, default=24100, help="of the copy that is started; two more after it"
    )
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
