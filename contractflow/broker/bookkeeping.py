"""RQ's side of an asynchronous worker: taking a job, ending it, giving it back, signs of life. All synchronous."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from rq.command import parse_payload
from rq.job import Job
from rq.queue import Queue
from rq.timeouts import BaseDeathPenalty
from rq.utils import now
from rq.worker import BaseWorker

LEASE_SECONDS = 15
"""After so long without a sign of life RQ counts a job as abandoned; the draft's own lease is shorter."""


class NoAlarm(BaseDeathPenalty):  # type: ignore[misc]  # RQ's classes are skipped by mypy
    """SIGALRM knows one job per process; `asyncio.timeout` limits each of ours."""

    def setup_death_penalty(self) -> None: ...

    def cancel_death_penalty(self) -> None: ...


class Bookkeeper(BaseWorker):  # type: ignore[misc]
    """Knows which executions run as which tasks, so that RQ's stop commands reach them."""

    death_penalty_class = NoAlarm
    log_result_lifespan = False

    def __init__(self, queue: Queue, **options: Any) -> None:
        limits = {"worker_ttl": 30, "job_monitoring_interval": 4, "maintenance_interval": 10}
        super().__init__([queue], connection=queue.connection, **{**limits, **options})
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.stopped: set[str] = set()
        self.loop: asyncio.AbstractEventLoop | None = None

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return LEASE_SECONDS

    def handle_payload(self, message: Any) -> None:
        """A command from Redis, on RQ's listening thread."""
        payload = parse_payload(message)
        if payload.get("command") != "stop-job":
            super().handle_payload(message)
            return
        for execution in list(self.executions.values()):
            if execution.job_id == payload.get("job_id"):
                self.request_stop_execution(execution.id)

    def request_stop_execution(self, execution_id: str) -> None:
        task = self.tasks.get(execution_id)
        if task and self.loop:
            self.stopped.add(execution_id)
            self.loop.call_soon_threadsafe(task.cancel)

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """There is no child process to kill."""

    def take(self, job_id: str) -> tuple[Any, Any]:
        """The popped job, marked as running; (None, None) when it is gone."""
        queue = self.queues[0]
        found = Queue._fetch_dequeued_job(  # noqa: SLF001  shared by RQ with workers like this one
            self.connection, queue.key, job_id, job_class=self.job_class, serializer=self.serializer,
            death_penalty_class=self.death_penalty_class,
        )  # fmt: skip
        if found is None:
            queue.intermediate_queue.remove(job_id)
            return None, None
        job = found[0]
        execution = self.prepare_execution(job)
        execution._job = job  # noqa: SLF001  else RQ would fetch it again, with its default classes
        self.prepare_job_execution(job, remove_from_intermediate_queue=True)
        job.started_at = now()
        return job, execution

    def end_stopped(self, job: Job, queue: Queue, execution: Any) -> None:
        job.ended_at = now()
        self._stopped_job_id = job.id
        self.handle_job_failure(job, queue=queue, exc_string="stopped", execution=execution)

    def hand_back(self, job: Job, queue: Queue, execution: Any) -> None:
        """Put the job at the front of the queue again, with its id and its hash."""
        with self.connection.pipeline() as pipe:
            self.cleanup_execution(job, pipeline=pipe, execution=execution)
            queue._enqueue_job(job, pipeline=pipe, at_front=True)  # noqa: SLF001  the public verb makes a new job
            pipe.execute()

    def sign_of_life(self) -> None:
        self.heartbeat(LEASE_SECONDS + 60)
        for execution in list(self.executions.values()):
            self.maintain_heartbeats(execution.job, execution)
        if self.should_run_maintenance_tasks:
            self.run_maintenance_tasks()
