"""What guard, session and permission cost for each event: beside the same event without them.

    .venv/bin/python -m bench.events [--events 1500]

A PostgreSQL and a Redis of its own, Reflex's real pipeline, a real session and a real membership. Events with and
without the door take turns. Ends with 1 when the door takes more than 1 ms at p50.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from contractflow.ops.embedded import EmbeddedPostgres, EmbeddedRedis

AIM_MS = 1.0
WARM = 100


class Taken(NamedTuple):
    """Seconds, one for each time: by the clock on the wall, and of this process's CPU, threads included."""

    wall: list[float]
    cpu: list[float]


class Times(NamedTuple):
    """The first two are whole events, then parts of the door, then floors."""

    bare: Taken
    guarded: Taken
    arrival: Taken
    session: Taken
    place: Taken
    ping: Taken
    select: Taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=1500)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        directory.chmod(0o755)
        with (
            EmbeddedPostgres(directory / "postgres") as postgres,
            EmbeddedRedis(directory / "redis") as redis,
        ):
            os.environ.update(CONTRACTFLOW_DATABASE_URL=postgres.url, CONTRACTFLOW_REDIS_URL=redis.url())
            os.environ["REFLEX_TELEMETRY_ENABLED"] = "false"
            times = asyncio.run(measure(events))
            _forget()
    return report(times)


def report(times: Times) -> int:
    print(f"{len(times.bare.wall)} events each   {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'milliseconds':44}{'p50':>8}{'p95':>8}{'p99':>8}{'CPU':>8}")
    words = (
        ("the event with the door", times.guarded),
        ("the same event without it", times.bare),
        ("of that: looking at frame and arguments", times.arrival),
        ("of that: the session, in Redis", times.session),
        ("of that: the membership, in PostgreSQL", times.place),
        ("floor: a PING of Redis", times.ping),
        ("floor: a SELECT 1 of PostgreSQL", times.select),
    )
    for name, taken in words:
        wall = "".join(f"{_quantile(taken.wall, part) * 1000:8.2f}" for part in (0.5, 0.95, 0.99))
        print(f"{name:44}{wall}{_quantile(taken.cpu, 0.5) * 1000:8.2f}")
    door, cpu = (
        (_quantile(guarded, 0.5) - _quantile(bare, 0.5)) * 1000
        for guarded, bare in zip(times.guarded, times.bare, strict=True)
    )
    floor = (_quantile(times.ping.wall, 0.5) + _quantile(times.select.wall, 0.5)) * 1000
    verdict = "met" if door <= AIM_MS else "MISSED"
    print(
        f"\nthe door: {door:.2f} ms at p50 ({cpu:.2f} ms of CPU; one question to each server takes {floor:.2f} ms)"
    )
    print(f"aim {AIM_MS} ms: {verdict}")
    return int(door > AIM_MS)


async def measure(events: int) -> Times:
    from contractflow.db.migrations import migrate  # noqa: PLC0415 -- the settings are in the environment only now

    await asyncio.to_thread(migrate)
    from bench.ack.agencies import found  # noqa: PLC0415
    from bench.events.pipeline import Pipeline  # noqa: PLC0415
    from contractflow.broker.connections import close_async  # noqa: PLC0415

    (worker,) = await asyncio.to_thread(found, 1, 0)
    async with Pipeline(worker.member) as pipeline:
        times = Times(*(Taken([], []) for _ in Times._fields))
        ways: tuple[tuple[Taken, Callable[[], Awaitable[Any]]], ...] = (
            (times.bare, pipeline.bare), (times.guarded, pipeline.guarded), (times.arrival, pipeline.look),
            (times.session, pipeline.session), (times.place, pipeline.place), (times.ping, pipeline.ping),
            (times.select, pipeline.select),
        )  # fmt: skip
        for number in range(events + WARM):
            for taken, way in ways:
                wall, cpu = time.perf_counter(), time.process_time()
                await way()
                if number >= WARM:
                    taken.cpu.append(time.process_time() - cpu)
                    taken.wall.append(time.perf_counter() - wall)
    await close_async()
    return times


def _quantile(taken: list[float], part: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * part))]


def _forget() -> None:
    """Before the servers stop."""
    from contractflow.broker.connections import forget_connections  # noqa: PLC0415
    from contractflow.db.engine import forget_engines  # noqa: PLC0415

    forget_connections()
    forget_engines()


if __name__ == "__main__":
    raise SystemExit(main())
