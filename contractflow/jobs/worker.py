"""The two kinds of worker process: `drafts` (many at once on one event loop) and `general` (a fork per job)."""

from __future__ import annotations

import asyncio
import ctypes
import importlib
import pkgutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvloop
from rq import Queue, Worker
from rq.job import Job

import contractflow.jobs
from contractflow.broker import heartbeats
from contractflow.broker.async_worker import AsyncWorker
from contractflow.broker.connections import async_reader, blocking_redis, close_async
from contractflow.broker.queue import SERIALIZER, SafeJob
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.integrations.ai import lineup
from contractflow.integrations.ai.warm import warm

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_IMPORTED_LATE = (
    "contractflow.integrations.payments.paddle_seller",
    "contractflow.integrations.signing.pyhanko_seal",
)
"""The vendors' SDKs that jobs need; web processes start without them."""


def run_draft_worker() -> None:
    """Write drafts until SIGTERM; jobs under way then get their time, and what is left goes back."""
    use_role(DbRole.WORKER)
    importlib.import_module("contractflow.jobs.drafts")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_write_drafts())


def run_general_worker() -> None:
    """Everything else: one process per job, which dies with this one, so that nothing goes on in the dark."""
    use_role(DbRole.WORKER)
    _preload_jobs()
    worker = GeneralWorker(
        [_queue("general")],
        job_class=SafeJob,
        serializer=SERIALIZER,
        worker_ttl=20,
        maintenance_interval=3,
        job_monitoring_interval=3,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


class GeneralWorker(Worker):  # type: ignore[misc]  # RQ's classes are skipped by mypy
    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        heartbeats.beat("general")

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """A job whose process died without a word is given up after so many seconds."""
        return 12

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


async def _write_drafts() -> None:
    loop = asyncio.get_running_loop()
    # As many threads as connections: whoever waits for the database waits here and holds nothing.
    loop.set_default_executor(ThreadPoolExecutor(settings().database_pool, "database"))
    await warm(lineup.providers())
    worker = AsyncWorker(
        _queue("drafts"),
        popping=async_reader,
        concurrency=settings().drafts_at_once,
        job_class=SafeJob,
        serializer=SERIALIZER,
        log_job_description=False,
    )
    try:
        await worker.run(_say_alive())
    finally:
        await lineup.close()
        await close_async()


async def _say_alive() -> None:
    while True:
        await heartbeats.beat_async("drafts")
        await asyncio.sleep(heartbeats.BEAT_SECONDS)


def _queue(name: str) -> Queue:
    return Queue(name, connection=blocking_redis(), job_class=SafeJob, serializer=SERIALIZER)


def _preload_jobs() -> None:
    """Import every job, and what jobs import late, once: each fork would pay for it again."""
    jobs = (module.name for module in pkgutil.iter_modules(contractflow.jobs.__path__, "contractflow.jobs."))
    for name in (*jobs, *_IMPORTED_LATE):
        importlib.import_module(name)
