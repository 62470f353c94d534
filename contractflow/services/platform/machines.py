"""Who is at work, what waits, and which providers are being asked: what Redis knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from redis.exceptions import RedisError

from contractflow.broker import breaker, heartbeats, queue
from contractflow.broker.breaker import BreakerState
from contractflow.broker.heartbeats import Worker
from contractflow.services.display import When, when
from contractflow.services.platform.rows import LaneRow, WorkerRow

VENDORS = ("gemini", "openai")
AWAY = "Redis does not answer: workers, queues and breakers are unknown."


@dataclass(frozen=True)
class Machines:
    note: str = ""
    lanes: list[LaneRow] = field(default_factory=list)
    workers: list[WorkerRow] = field(default_factory=list)
    breakers: dict[str, BreakerState] = field(default_factory=dict)


def machines(now: datetime) -> Machines:
    """Everything, or the sentence that nobody answers."""
    try:
        there = heartbeats.workers()
        return Machines(
            lanes=[_lane(kind, there) for kind in heartbeats.KINDS],
            workers=[_worker(worker, now) for worker in there],
            breakers={state.provider: state for state in breaker.states(VENDORS)},
        )
    except (RedisError, OSError):
        return Machines(AWAY, [LaneRow(kind.capitalize(), "unknown", "", "") for kind in heartbeats.KINDS])


def _lane(kind: str, there: list[Worker]) -> LaneRow:
    living = Counter(worker.kind for worker in there if not worker.silent_for)[kind]
    busy = sum(worker.busy for worker in there if worker.kind == kind)
    places = sum(worker.places for worker in there if worker.kind == kind)
    crowd = "1 worker" if living == 1 else f"{living} workers"
    return LaneRow(
        name=kind.capitalize(),
        state="ok" if living else "missing",
        waiting=f"{queue.waiting(kind):,} waiting" if kind in queue.QUEUES else "",
        workers=f"{crowd}, {busy:,} of {places:,} busy" if places else crowd,
    )


def _worker(worker: Worker, now: datetime) -> WorkerRow:
    began = datetime.fromtimestamp(worker.since, UTC) if worker.since else None
    since: When = when(began, now)
    silent = f"silent for {worker.silent_for} s"
    return WorkerRow(
        name=worker.name,
        kind=worker.kind.capitalize(),
        state="silent" if worker.silent_for else "alive",
        busy=f"{worker.busy:,} of {worker.places:,}" if worker.places else "",
        memory=f"{worker.memory_mb:,} MB" if worker.memory_mb else "",
        since=silent if worker.silent_for else f"started {since.ago}",
        exact=since.exact,
    )
