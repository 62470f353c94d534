"""An RQ worker for jobs that wait for others most of the time: many at once, on one event loop and its threads.

It speaks RQ 3's own protocol (queues, job hashes, registries, stop commands), through the hooks RQ made for
such a worker. What differs: no fork per job, time limits by asyncio instead of SIGALRM, and on SIGTERM it lets
its jobs finish, or hands them back to the queue when they take too long.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from redis import asyncio as aio
from redis.exceptions import RedisError
from rq.job import Job
from rq.queue import Queue
from rq.timeouts import JobTimeoutException
from rq.utils import as_text
from rq.worker import WorkerStatus

from contractflow.broker.bookkeeping import Bookkeeper
from contractflow.broker.endings import end
from contractflow.config import settings

log = logging.getLogger(__name__)

POP_SECONDS = 4
PAUSE_SECONDS = (0.5, 10.0)


class AsyncWorker(Bookkeeper):
    def __init__(
        self, queue: Queue, *, popping: Callable[[], aio.Redis], concurrency: int = 50, **options: Any
    ) -> None:
        super().__init__(queue, **options)
        self._popping, self._slots = popping, asyncio.Semaphore(concurrency)
        # RQ's own Redis calls are synchronous; one thread keeps them in order and off the loop.
        self._clerk = ThreadPoolExecutor(1, "rq")

    async def run(self, *alongside: Coroutine[Any, Any, None]) -> None:
        """Work until SIGTERM or SIGINT; `alongside` runs as long."""
        self.loop = asyncio.get_running_loop()
        drain = asyncio.Event()
        self.loop.add_signal_handler(signal.SIGTERM, drain.set)
        self.loop.add_signal_handler(signal.SIGINT, drain.set)
        await self._do(self.bootstrap, "WARNING")
        await self._do(self.set_state, WorkerStatus.IDLE)
        helpers = [asyncio.create_task(each) for each in (self._stay_alive(), *alongside)]
        try:
            await self._take_jobs(drain)
            await self._finish_up()
        finally:
            for helper in helpers:
                await end(helper)
            await self._do(self.teardown)
            self._clerk.shutdown()

    async def _do(self, call: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._clerk, call, *arguments)

    async def _take_jobs(self, drain: asyncio.Event) -> None:
        draining = asyncio.create_task(drain.wait())
        while not drain.is_set():
            job_id = await self._unless(draining, self._next())
            if job_id is not None and not await self._start(job_id):
                self._slots.release()
        draining.cancel()

    @staticmethod
    async def _unless(draining: asyncio.Task[Any], waiting: Coroutine[Any, Any, str | None]) -> str | None:
        """What `waiting` brings; None when it is time to drain first."""
        task = asyncio.create_task(waiting)
        await asyncio.wait({task, draining}, return_when=asyncio.FIRST_COMPLETED)
        await end(task)
        return None if task.cancelled() else task.result()

    async def _next(self) -> str | None:
        """A free place, then a job for it; the place is kept only together with a job."""
        await self._slots.acquire()
        job_id = None
        try:
            job_id = await self._pop()
        finally:
            if job_id is None:
                self._slots.release()
        return job_id

    async def _pop(self) -> str | None:
        """Move the next id to RQ's intermediate list, from where it comes back if we die right now."""
        queue, pause = self.queues[0], PAUSE_SECONDS[0]
        while True:
            try:
                found = await self._popping().blmove(queue.key, queue.intermediate_queue_key, POP_SECONDS)
                return as_text(found) if found else None
            except (RedisError, OSError) as problem:
                log.warning("the queue does not answer: %s", problem)
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_SECONDS[1])

    async def _start(self, job_id: str) -> bool:
        try:
            job, execution = await self._do(self.take, job_id)
        except Exception:
            # The row behind the job is the truth: the scheduler wakes somebody for it again.
            log.exception("job %s could not be taken", job_id)
            return False
        if job is None:
            return False
        task = asyncio.create_task(self._work_on(job, execution))
        self.tasks[execution.id] = task
        task.add_done_callback(lambda _: self._leave(execution.id))
        return True

    def _leave(self, execution_id: str) -> None:
        self.tasks.pop(execution_id, None)
        self._slots.release()

    async def _work_on(self, job: Job, execution: Any) -> None:
        queue = self.queues[0]
        try:
            result = await self._within_its_time(job)
            await self._do(self._finalize_success, job, queue, execution, result)
        except asyncio.CancelledError:
            ending = self.end_stopped if execution.id in self.stopped else self.hand_back
            self.stopped.discard(execution.id)
            await asyncio.shield(self._do(ending, job, queue, execution))
        except Exception:
            log.exception("job %s failed", job.id)
            with suppress(RedisError, OSError):
                await self._do(self._finalize_failure, job, queue, execution, sys.exc_info())

    async def _within_its_time(self, job: Job) -> Any:
        try:
            async with asyncio.timeout(job.timeout) as limit:
                if asyncio.iscoroutinefunction(job.func):
                    return await job.func(*job.args, **job.kwargs)
                # It waits in a thread of its own. Given up, it goes on there until its own limits end it.
                return await asyncio.to_thread(job.func, *job.args, **job.kwargs)
        except TimeoutError as late:
            if not limit.expired():
                raise
            raise JobTimeoutException(f"not done after {job.timeout} s") from late

    async def _finish_up(self) -> None:
        """Let the jobs end; hand back what takes longer."""
        tasks = set(self.tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=settings().drain_seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=5)

    async def _stay_alive(self) -> None:
        while True:
            await asyncio.sleep(self.job_monitoring_interval)
            try:
                await self._do(self.sign_of_life)
            except (RedisError, OSError) as problem:
                log.warning("no sign of life: %s", problem)
