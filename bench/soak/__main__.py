"""Many drafts through one worker, and what it holds after every hundred of them.

    .venv/bin/python -m bench.soak [--drafts 1000] [--at-once 50] [--port 23900]

Ends with 1 when the worker holds more connections than its drafts at once explain, or clearly more memory than after
the first hundred.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import time
import urllib.request
from urllib.parse import urlsplit
from uuid import UUID

from bench.ack.product import Product, product
from bench.soak.footprint import Footprint, footprint, most_to_redis

EVERY = 100
QUIET_SECONDS = 8
"""After which the vendors' SDKs have let go of connections that nobody uses."""
MORE_MEMORY = 1.10
"""What may be added between the first hundred and the last: fragments, not drafts."""


def main() -> int:
    chosen = _arguments()
    with product("", chosen.port, "--ai", "sandbox") as running:
        (worker,) = running.processes()["worker"]
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {chosen.at_once} drafts at once\n")
        print(
            f"{'drafts':>7}{'MB (PSS)':>10}{'threads':>9}{'Redis':>7}{'PostgreSQL':>12}{'vendors':>9}{'files':>7}{'drafts/s':>10}"
        )
        held = soak(running, worker, chosen.drafts, chosen.at_once)
    return verdict(held, chosen.at_once)


def soak(running: Product, worker: int, drafts: int, at_once: int) -> list[Footprint]:
    from bench.ack.agencies import found  # noqa: PLC0415 -- the settings are in the environment only now

    # One member in an organisation, so that no limit of a tier is in the way.
    people = found(at_once, 1, 1)
    held: list[Footprint] = []
    began, done, last = time.monotonic(), 0, 0
    while done < drafts:
        _a_round(running, people)
        done += at_once
        if done // EVERY > last // EVERY or done >= drafts:
            pace = (done - last) / (time.monotonic() - began)
            time.sleep(QUIET_SECONDS)
            held.append(_look(running, worker))
            _show(done, held[-1], pace)
            began, last = time.monotonic(), done
    return held


def _a_round(running: Product, people: list) -> None:  # type: ignore[type-arg]
    """Everybody orders a draft of their document, and all are waited for."""
    from contractflow.db.unit_of_work import unit_of_work  # noqa: PLC0415
    from contractflow.services import drafts  # noqa: PLC0415

    _pace(running, len(people))
    for person in people:
        with unit_of_work(person.member) as work:
            drafts.request(work, person.documents[0], secrets.token_hex(8))
    for person in people:
        while _is_active(person.member, person.documents[0]):
            time.sleep(0.05)


def _is_active(member: object, document: UUID) -> bool:
    from contractflow.db.unit_of_work import unit_of_work  # noqa: PLC0415
    from contractflow.services import drafts  # noqa: PLC0415

    with unit_of_work(member) as work:  # type: ignore[arg-type]
        return drafts.of_document(work, document).is_active


def _pace(running: Product, times: int) -> None:
    """The sandbox writes quickly; what is measured is what stays, not how long it takes."""
    faults = {"gemini": [{"kind": "pace", "interval": 0.005}] * times}
    request = urllib.request.Request(  # noqa: S310 -- our own sandbox
        f"{running.sandbox}/faults", json.dumps(faults).encode(), {"content-type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 -- our own sandbox


def _look(running: Product, worker: int) -> Footprint:
    ports = {
        "redis": urlsplit(os.environ["CONTRACTFLOW_REDIS_URL"]).port or 0,
        "postgres": urlsplit(os.environ["CONTRACTFLOW_DATABASE_URL"]).port or 0,
        "vendors": urlsplit(running.sandbox).port or 0,
    }
    return footprint(worker, **ports)


def _show(done: int, held: Footprint, pace: float) -> None:
    print(
        f"{done:7}{held.megabytes:10.1f}{held.threads:9}{held.redis:7}{held.postgres:12}{held.vendors:9}{held.files:7}{pace:10.1f}",
        flush=True,
    )


def verdict(held: list[Footprint], at_once: int) -> int:
    first, last = held[0], held[-1]
    wrong = [
        f"{name}: {getattr(first, name)} became {getattr(last, name)}"
        for name in ("postgres", "vendors", "threads")
        if getattr(last, name) > getattr(first, name)
    ]
    if last.redis > most_to_redis(at_once):
        wrong.append(f"redis: {last.redis} connections for {at_once} drafts at once")
    if last.megabytes > first.megabytes * MORE_MEMORY:
        wrong.append(f"memory: {first.megabytes:.1f} MB became {last.megabytes:.1f}")
    print("\n" + ("\n".join(["IT GROWS", *wrong]) if wrong else "It stays as it is."))
    return int(bool(wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drafts", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--port", type=int, default=23900, help="of the copy that is started")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
