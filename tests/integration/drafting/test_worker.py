"""Real worker and scheduler processes: many drafts at once, killed in the middle, told to go."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from contractflow.broker.connections import request_redis
from contractflow.broker.hub import Hub
from contractflow.content.blocks import join
from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.ai.answer import parse
from contractflow.models import Org
from contractflow.workflows.draft_job import DraftStatus
from tests import cast
from tests.integration.drafting.ordering import a_draftable, facts, order, read, until

pytestmark = [pytest.mark.usefixtures("database", "redis_url"), pytest.mark.timeout(120)]


def status(draft) -> DraftStatus:
    return facts(draft).job.status


def workers() -> int:
    """How many have told RQ that they are there."""
    return request_redis().scard("rq:workers:drafts")


def waiting_for_a_job() -> int:
    """How many workers stand at the queue; one that was told to go does not."""
    return sum(client["cmd"] == "blmove" for client in request_redis().client_list())


async def test_kill_nine_in_the_middle(start, redis):
    """The draft goes on within 15 s; whoever watched and whoever comes later reads what the database holds."""
    start("scheduler")
    victim = start("worker", "drafts", PLACEHOLDER_SECONDS="30")
    draft, hub = order(a_draftable()), Hub()
    async with hub.follow(draft_ids=[draft]) as watching:
        while len(watching.view(draft).text) < 300:
            assert await watching.wait(60)
        start("worker", "drafts", PLACEHOLDER_SECONDS="1")
        await until(lambda: workers() == 2)
        first_epoch = watching.view(draft).epoch
        victim.kill()
        killed = time.monotonic()
        while watching.view(draft).epoch == first_epoch:
            assert await watching.wait(20)
        took = time.monotonic() - killed
        while not watching.view(draft).is_over:
            assert await watching.wait(20)
        seen = watching.view(draft)
    hub.close()
    found = facts(draft)
    assert took < 15
    assert (seen.status, seen.text) == ("ready", found.job.output)
    assert (await read(redis, draft)).text == found.job.output
    assert join(found.content.blocks) == parse(seen.text)
    assert found.job.attempt == 2
    assert "lost" in seen.note


async def test_twenty_drafts_at_once_in_one_process(start, redis):
    start("worker", "drafts", PLACEHOLDER_SECONDS="3")
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Org, cast.NORTHLIGHT).settings = {"limits": {"drafts_at_once": None}}
    drafts = [order(a_draftable()) for _ in range(20)]
    await until(lambda: all(status(draft) is DraftStatus.SUCCEEDED for draft in drafts), 60)
    jobs = [facts(draft).job for draft in drafts]
    all_together = max(job.finished_at for job in jobs) - min(job.started_at for job in jobs)
    one_by_one = sum((job.finished_at - job.started_at for job in jobs), timedelta())
    assert one_by_one > 5 * all_together
    for draft in drafts:
        assert (await read(redis, draft)).text == facts(draft).job.output


async def test_a_worker_told_to_go_finishes_what_it_can(start, redis):
    worker = start("worker", "drafts", PLACEHOLDER_SECONDS="4")
    draft = order(a_draftable())
    await until(lambda: status(draft) is DraftStatus.RUNNING)
    await until(lambda: waiting_for_a_job() == 1)
    worker.terminate()
    await until(lambda: waiting_for_a_job() == 0)
    late = order(a_draftable())
    assert await asyncio.to_thread(worker.wait, 20) == 0
    assert (status(draft), status(late)) == (DraftStatus.SUCCEEDED, DraftStatus.QUEUED)


async def test_a_worker_told_to_go_hands_back_what_takes_too_long(start, redis):
    start("scheduler")
    worker = start("worker", "drafts", PLACEHOLDER_SECONDS="60", DRAIN_SECONDS="2")
    draft = order(a_draftable())
    await until(lambda: status(draft) is DraftStatus.RUNNING)
    worker.terminate()
    start("worker", "drafts", PLACEHOLDER_SECONDS="1")
    assert await asyncio.to_thread(worker.wait, 40) == 0
    await until(lambda: status(draft) is DraftStatus.SUCCEEDED)
    assert facts(draft).job.attempt == 1
    assert (await read(redis, draft)).text == facts(draft).job.output


async def test_only_one_of_two_schedulers_works_and_the_other_takes_over(start):
    locks = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1")
    sessions = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")

    def pids(query) -> set[int]:
        with unit_of_work(cast.northlight) as work:
            return set(work.db.scalars(query))

    first = start("scheduler")
    await until(lambda: len(pids(locks)) == 1)
    holder, there = pids(locks), pids(sessions)
    second = start("scheduler")
    await until(lambda: pids(sessions) - there)
    await asyncio.sleep(1.5)  # it asks for the lock once a second
    assert pids(locks) == holder
    first.kill()
    await until(lambda: pids(locks) - holder)
    assert len(pids(locks)) == 1
    second.terminate()
    assert await asyncio.to_thread(second.wait, 10) == 0


async def test_the_general_worker_does_its_jobs_and_leaves_when_told(start, redis):
    worker = start("worker", "general")
    await until(lambda: asyncio.run(_alive("general")))
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, 15) == 0


async def _alive(kind: str) -> bool:
    from contractflow.broker import connections, heartbeats

    try:
        return await heartbeats.alive(kind)
    finally:
        await connections.close_async()
