"""One organisation that orders many drafts makes nobody else wait, and reads why its own wait."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import pytest
from rq import Queue
from sqlalchemy import text
from sqlmodel import select

from contractflow.broker.connections import queue_redis
from contractflow.broker.queue import SERIALIZER, SafeJob, waiting
from contractflow.db.engine import engine
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import DraftAttempt, DraftJob, Org
from contractflow.permissions import Member, System
from contractflow.services import drafts, tiers
from contractflow.workflows.draft_job import DraftStatus
from tests import builders, cast
from tests.integration.drafting.ordering import BRIEF, facts, order, until

pytestmark = [pytest.mark.usefixtures("database", "redis_url"), pytest.mark.timeout(120)]

STARTER = tiers.named("starter").drafts_at_once


def documents(number: int, person: Member = cast.mia) -> list[UUID]:
    with unit_of_work(person) as work:
        found = [builders.a_document(work, brief=BRIEF) for _ in range(number)]
        for document in found:
            builders.a_version(work, document)
        return [document.id for document in found]


def allow(number: int | None, org: System = cast.northlight) -> None:
    """So many of the organisation are written at once, whatever its tier says."""
    with unit_of_work(org) as work:
        mine = work.db.get_one(Org, org.org_id)
        mine.settings = {"limits": {"drafts_at_once": number, "drafts": None}}


def claim(draft: UUID, org: System = cast.northlight) -> bool:
    with unit_of_work(org) as work:
        return drafts.claim(work, draft) is not None


def told(document: UUID, person: Member = cast.mia) -> str:
    with unit_of_work(person) as work:
        return drafts.of_document(work, document).words


def statuses(org: System = cast.northlight) -> list[DraftStatus]:
    with unit_of_work(org) as work:
        return list(work.db.exec(select(DraftJob.status)).all())


def most_at_once(org: System) -> int:
    """The largest number of attempts that were under way together."""
    with unit_of_work(org) as work:
        spans = work.db.exec(select(DraftAttempt.started_at, DraftAttempt.ended_at)).all()
    changes: list[tuple[datetime, int]] = sorted(
        [(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans]
    )
    level = highest = 0
    for _, change in changes:
        level += change
        highest = max(highest, level)
    return highest


def test_of_many_claims_at_once_as_many_succeed_as_the_tier_writes():
    ordered = [order(document) for document in documents(8)]
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim, ordered))
    assert claimed.count(True) == STARTER == statuses().count(DraftStatus.RUNNING)
    assert order(documents(1, cast.rita)[0], cast.rita)


def test_another_organisation_is_not_held():
    for document in documents(STARTER):
        assert claim(order(document))
    assert not claim(order(documents(1)[0]))
    theirs = order(documents(1, cast.rita)[0], cast.rita)
    assert claim(theirs, cast.redshift)


def test_who_waits_reads_why_and_for_how_many():
    for document in documents(STARTER):
        claim(order(document))
    first, second = documents(2)
    for document in (first, second):
        claim(order(document))
    assert (
        told(first)
        == f"Your plan writes {STARTER} drafts at a time, and they are under way; this one is next."
    )
    assert "1 more wait before it" in told(second)
    theirs = documents(1, cast.rita)[0]
    order(theirs, cast.rita)
    assert "free worker" in told(theirs, cast.rita)


def test_a_silent_worker_keeps_no_place(postgres):
    for document in documents(STARTER):
        claim(order(document))
    next_one = order(documents(1)[0])
    assert not claim(next_one)
    with postgres.admin() as admin:
        admin.execute(
            "UPDATE draft_job SET lease_expires_at = now() - interval '1 second' WHERE status = 'running'"
        )
    assert claim(next_one)


def test_whoever_ends_wakes_the_next(redis_url):
    allow(1)
    running, held = documents(2)
    under_way = order(running)
    assert claim(under_way)
    assert not claim(order(held))
    Queue("drafts", connection=queue_redis(), job_class=SafeJob, serializer=SERIALIZER).empty()
    with unit_of_work(cast.mia) as work:
        drafts.stop(work, running)
    assert waiting("drafts") == 1
    with unit_of_work(cast.mia) as work:
        assert "free worker" in drafts.of_document(work, held).words


def test_a_crowd_does_not_hide_one_from_the_scheduler(postgres):
    for document in documents(5):
        order(document)
    theirs = order(documents(1, cast.rita)[0], cast.rita)
    with postgres.admin() as admin:
        admin.execute("UPDATE draft_job SET queued_at = queued_at - interval '1 minute'")
    with engine(DbRole.WORKER).connect() as connection:
        found = connection.execute(text("SELECT org_id, id FROM gate_due_drafts(2)")).all()
    assert {org_id for org_id, _ in found} == {cast.NORTHLIGHT, cast.REDSHIFT}
    assert theirs in {draft for _, draft in found}


async def test_sixty_of_one_agency_leave_another_its_worker(start, redis):
    """One worker process with eight places, and it does not even matter that the crowd was there first."""
    allow(4)
    start("scheduler")
    crowd = [order(document) for document in documents(60)]
    start("worker", "drafts", PLACEHOLDER_SECONDS="0.3", DRAFTS_AT_ONCE="8")
    await until(lambda: DraftStatus.RUNNING in statuses())
    asked = time.monotonic()
    theirs = order(documents(1, cast.rita)[0], cast.rita)
    await until(lambda: statuses(cast.redshift) == [DraftStatus.SUCCEEDED])
    took = time.monotonic() - asked
    assert DraftStatus.QUEUED in statuses(), "the crowd was done before anybody could wait for it"
    assert took < 6
    await until(lambda: set(statuses()) == {DraftStatus.SUCCEEDED}, 90)
    assert most_at_once(cast.northlight) == 4
    assert all(facts(draft).job.attempt == 1 for draft in crowd)
    assert theirs
