"""The worker for jobs that wait: many at once, each within its time, stopped at once, ended one by one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from rq import Queue
from rq.command import send_stop_job_command
from rq.job import Job, JobStatus

from contractflow.broker import connections
from contractflow.broker.async_worker import AsyncWorker

pytestmark = [pytest.mark.usefixtures("redis_url"), pytest.mark.timeout(60)]
JOBS = "tests.integration.drafting.some_jobs."


@pytest.fixture
async def queue(redis) -> AsyncIterator[Queue]:
    """A queue whose worker runs in this process, with sixty places."""
    queue = Queue("tried", connection=connections.blocking_redis(), serializer="json")
    worker = AsyncWorker(queue, popping=connections.async_reader, concurrency=60, serializer="json")
    running = asyncio.create_task(worker.run())
    yield queue
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 30)


def enqueue(queue: Queue, name: str, *args: Any, **options: Any) -> Job:
    return queue.enqueue_call(
        JOBS + name, args=args, **{"timeout": 30, "result_ttl": 60, "failure_ttl": 60} | options
    )


async def ended(*jobs: Job, within: float = 20) -> list[JobStatus]:
    end = time.monotonic() + within
    while time.monotonic() < end:
        statuses = [await asyncio.to_thread(job.get_status) for job in jobs]
        if not {JobStatus.QUEUED, JobStatus.STARTED} & set(statuses):
            return statuses
        await asyncio.sleep(0.05)
    raise AssertionError(f"still {statuses}")


async def test_fifty_jobs_take_as_long_as_one(queue):
    began = time.monotonic()
    jobs = [enqueue(queue, "wait", 2) for _ in range(50)]
    assert set(await ended(*jobs)) == {JobStatus.FINISHED}
    assert time.monotonic() - began < 10  # one after the other: a hundred seconds


async def test_plain_functions_wait_in_threads_beside_each_other(queue):
    began = time.monotonic()
    jobs = [enqueue(queue, "wait_in_a_thread", 1) for _ in range(4)]
    assert set(await ended(*jobs)) == {JobStatus.FINISHED}
    assert time.monotonic() - began < 3.5


async def test_what_takes_longer_than_its_time_fails_and_its_neighbour_does_not(queue):
    late, neighbour = enqueue(queue, "wait", 30, timeout=1), enqueue(queue, "wait", 2)
    assert await ended(late, neighbour) == [JobStatus.FAILED, JobStatus.FINISHED]
    assert "not done after 1 s" in late.latest_result().exc_string


async def test_a_fault_ends_its_own_job_only(queue):
    broken, neighbour = enqueue(queue, "fail"), enqueue(queue, "wait", 1)
    assert await ended(broken, neighbour) == [JobStatus.FAILED, JobStatus.FINISHED]


async def test_stop_ends_one_of_many_at_once(queue):
    stopped, neighbour = enqueue(queue, "wait", 30), enqueue(queue, "wait", 3)
    while await asyncio.to_thread(stopped.get_status) is not JobStatus.STARTED:
        await asyncio.sleep(0.02)
    asked = time.monotonic()
    await asyncio.to_thread(send_stop_job_command, queue.connection, stopped.id, serializer="json")
    assert await ended(stopped) == [JobStatus.STOPPED]
    assert time.monotonic() - asked < 1
    assert await ended(neighbour) == [JobStatus.FINISHED]
    assert queue.started_job_registry.count == 0
