"""`contractflow metrics`: what Prometheus reads, on a port of its own that stands in the inner network only.

One process tells what is true of all of them: queues, workers, providers' breakers, drafts by state, how long
requests and events took, and whether the database and Redis answer. Asked anew at every scrape; what cannot be asked is left out, and `contractflow_up` says so.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from contractflow.broker import breaker, heartbeats, latency, queue
from contractflow.db.engine import engine
from contractflow.db.roles import DbRole
from contractflow.workflows.draft_job import DraftStatus

log = logging.getLogger(__name__)

PROVIDERS = ("gemini", "openai")
_DRAFTS = text("SELECT status, count(id) AS drafts FROM draft_job GROUP BY status")
_CONNECTIONS = text(
    "SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() GROUP BY 1"
)


class Everything(Collector):
    """All of it, at the moment it is asked for."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("contractflow_up", "Whether it answers", labels=["part"])
        for part, families in (("redis", _of_redis), ("database", _of_database)):
            yield from _asked(part, families, up)
        yield up


def registry() -> CollectorRegistry:
    """With our own figures only; this process's memory is nobody's worry."""
    made = CollectorRegistry(auto_describe=False)
    made.register(Everything())
    return made


def serve(host: str, port: int) -> None:
    """Answer until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server, thread = start_http_server(port, addr=host, registry=registry())
    log.info("metrics on %s:%s", host, port)
    stop.wait()
    server.shutdown()
    thread.join()


def _asked(part: str, ask: Callable[[], list[Metric]], up: GaugeMetricFamily) -> list[Metric]:
    started = time.monotonic()
    try:
        families = ask()
    except (RedisError, SQLAlchemyError, OSError) as problem:
        log.warning("%s does not answer: %s", part, type(problem).__name__)
        up.add_metric([part], 0)
        return []
    up.add_metric([part], 1)
    seconds = GaugeMetricFamily(f"contractflow_{part}_answer_seconds", "How long our questions took")
    seconds.add_metric([], time.monotonic() - started)
    return [*families, seconds]


def _of_redis() -> list[Metric]:
    waiting = GaugeMetricFamily("contractflow_queue_waiting", "Jobs nobody has taken yet", labels=["queue"])
    for name in queue.QUEUES:
        waiting.add_metric([name], queue.waiting(name))
    alive = GaugeMetricFamily("contractflow_workers", "Processes that give a sign of life", labels=["kind"])
    busy = GaugeMetricFamily("contractflow_jobs_running", "Jobs under way", labels=["kind"])
    there = [worker for worker in heartbeats.workers() if not worker.silent_for]
    living, working = Counter(worker.kind for worker in there), Counter[str]()
    for worker in there:
        working[worker.kind] += worker.busy
    for kind in heartbeats.KINDS:
        alive.add_metric([kind], living[kind])
        busy.add_metric([kind], working[kind])
    opened = GaugeMetricFamily(
        "contractflow_breaker_open", "1: this provider is not asked", labels=["provider"]
    )
    for state in breaker.states(PROVIDERS):
        opened.add_metric([state.provider], int(state.is_open))
    return [waiting, alive, busy, opened, *_of_answers()]


def _of_answers() -> list[HistogramMetricFamily]:
    """How long the web processes took, by our own names of routes and handlers."""
    said = {
        "request": "Until a route had answered",
        "event": "Until a handler had ended, from when it was let in",
    }
    families = {
        kind: HistogramMetricFamily(f"contractflow_{kind}_seconds", words, labels=["name"])
        for kind, words in said.items()
    }
    edges = [*map(str, latency.EDGES), "+Inf"]
    for (kind, name), (counts, seconds) in latency.all_told().items():
        families[kind].add_metric([name], list(zip(edges, accumulate(counts), strict=True)), seconds)
    return list(families.values())


def _of_database() -> list[Metric]:
    drafts = GaugeMetricFamily("contractflow_drafts", "Drafts by their state", labels=["state"])
    connections = GaugeMetricFamily("contractflow_database_connections", "By what they do", labels=["state"])
    with engine(DbRole.OPS).connect() as connection:
        counted = {row.status: row.drafts for row in connection.execute(_DRAFTS)}
        for state in DraftStatus:  # also those no draft is in: an alert on what is missing would never ring
            drafts.add_metric([state.value], counted.get(state.value, 0))
        for state, number in connection.execute(_CONNECTIONS):
            connections.add_metric([state], number)
    return [drafts, connections]
