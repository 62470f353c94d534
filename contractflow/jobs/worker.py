"""The kinds of worker process, one per queue: `drafts` and `mail` (many jobs at once on one event loop), `general` (a
fork per job). A mail never waits behind a seal, and a draft behind neither."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvloop
from rq import Queue, Worker
from rq.job import Job
from rq.worker import WorkerStatus

from contractflow.broker import heartbeats
from contractflow.broker.async_worker import AsyncWorker
from contractflow.broker.connections import async_reader, blocking_redis, close_async
from contractflow.broker.queue import JOBS, LANES, SERIALIZER, SafeJob
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.integrations.ai import lineup
from contractflow.integrations.ai.warm import warm

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def run_draft_worker() -> None:
    """Write drafts until SIGTERM; jobs under way then get their time, and what is left goes back."""
    importlib.import_module("contractflow.jobs.drafts")
    _run_together("drafts", settings().drafts_at_once, before=lambda: warm(lineup.providers()))


def run_mail_worker() -> None:
    """What waits for others or is done in a blink: mails, webhooks, dates. Nothing in this lane computes for long."""
    _preload_jobs("mail", "contractflow.integrations.payments.paddle_plans")
    # More than threads: an outgoing message waits for somebody else's program without one, and no mail waits behind it.
    _run_together("mail", settings().database_pool * 3)


def run_general_worker() -> None:
    """What computes: one process per job, which dies with this one, so that nothing goes on in the dark."""
    use_role(DbRole.WORKER)
    _preload_jobs("general", "contractflow.integrations.signing.pyhanko_seal")
    worker = GeneralWorker(
        [_queue("general")],
        job_class=SafeJob,
        serializer=SERIALIZER,
        worker_ttl=20,
        maintenance_interval=3,
        job_monitoring_interval=3,
        log_job_description=False,
    )
    try:
        worker.work(logging_level="WARNING")
    finally:
        heartbeats.leave("general")


RUN = {"drafts": run_draft_worker, "mail": run_mail_worker, "general": run_general_worker}


class GeneralWorker(Worker):  # type: ignore[misc]  # RQ's classes are skipped by mypy
    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        heartbeats.beat("general", busy=int(self.get_state() == WorkerStatus.BUSY), places=1)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """A job whose process died without a word is given up after so many seconds."""
        return 12

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _run_together(queue: str, at_once: int, before: Callable[[], Awaitable[None]] | None = None) -> None:
    """A worker that carries `at_once` jobs of `queue` in this process; `before` runs first."""
    use_role(DbRole.WORKER)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work_together(queue, at_once, before))


async def _work_together(queue: str, at_once: int, before: Callable[[], Awaitable[None]] | None) -> None:
    loop = asyncio.get_running_loop()
    # As many threads as connections: whoever waits for the database waits here and holds nothing.
    loop.set_default_executor(ThreadPoolExecutor(settings().database_pool, "database"))
    if before:
        await before()
    worker = AsyncWorker(
        _queue(queue),
        popping=async_reader,
        concurrency=at_once,
        job_class=SafeJob,
        serializer=SERIALIZER,
        log_job_description=False,
    )
    gc.collect()
    gc.freeze()  # the SDKs stay: going through them stopped every draft for 0.1 s
    try:
        await worker.run(_say_alive(queue, worker, at_once))
    finally:
        heartbeats.leave(queue)
        await lineup.close()
        await close_async()


async def _say_alive(queue: str, worker: AsyncWorker, at_once: int) -> None:
    while True:
        await heartbeats.beat_async(queue, busy=len(worker.tasks), places=at_once)
        await asyncio.sleep(heartbeats.BEAT_SECONDS)


def _queue(name: str) -> Queue:
    return Queue(name, connection=blocking_redis(), job_class=SafeJob, serializer=SERIALIZER)


def _preload_jobs(queue: str, *vendors: str) -> None:
    """Import the jobs of `queue`, and the SDKs they import late, before somebody waits for them."""
    modules = {f"{JOBS}{name.split('.')[0]}" for name, lane in LANES.items() if lane == queue}
    for name in (*sorted(modules), *vendors):
        importlib.import_module(name)
