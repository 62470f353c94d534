"""Ordering, writing, stopping and losing drafts, on a real database and a real Redis."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import text

from contractflow.broker.queue import waiting
from contractflow.config import settings
from contractflow.content.blocks import heading, join
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed, NotFound
from contractflow.integrations.ai import lineup
from contractflow.integrations.ai.answer import parse
from contractflow.integrations.ai.placeholder import Placeholder
from contractflow.integrations.ai.prompts import CONTRACT
from contractflow.integrations.ai.words import ProviderError, Trouble
from contractflow.jobs.schedule import sweep
from contractflow.models import Document, DraftJob, Org
from contractflow.services import drafts
from contractflow.services.drafts.writing import LEASE, MOST_ATTEMPTS, Beat
from contractflow.services.moving import locked
from contractflow.workflows.document import Generation
from contractflow.workflows.draft_job import DraftStatus
from tests import builders, cast
from tests.integration.drafting.ordering import a_draftable, facts, order, read, work_on

pytestmark = pytest.mark.usefixtures("database", "redis_url")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "0.2")
    settings.cache_clear()


class Failing:
    """A provider of last resort that fails all the same."""

    name = "placeholder"
    model = "failing"

    async def stream(self, order):
        raise ProviderError(Trouble.OVERLOAD, "on purpose")
        yield ""

    async def close(self):
        pass


# -- who may


def test_who_may_not_order_and_stop():
    document = a_draftable()
    with pytest.raises(NotAllowed):
        order(document, cast.victor)
    with pytest.raises(NotFound):
        order(document, cast.rita)
    draft = order(document)
    for person, refusal in ((cast.victor, NotAllowed), (cast.rita, NotFound)):
        with pytest.raises(refusal), unit_of_work(person) as work:
            drafts.stop(work, document)
    with pytest.raises(NotFound), unit_of_work(cast.rita) as work:
        drafts.of_document(work, document)
    with pytest.raises(NotFound), unit_of_work(cast.rita) as work:
        drafts.live(work, document, draft)
    with unit_of_work(cast.redshift) as work:
        assert drafts.claim(work, draft) is None
    assert facts(draft).job.status is DraftStatus.QUEUED


# -- ordering


def test_an_order_is_a_row_and_a_wake_up():
    document = a_draftable()
    draft = order(document)
    found = facts(draft)
    assert found.job.status is DraftStatus.QUEUED
    assert found.document.generation_status is Generation.QUEUED
    assert waiting("drafts") == 1
    with unit_of_work(cast.victor) as work:
        row = drafts.of_document(work, document)
    assert (row.status, row.started_by, row.is_active, row.can_stop) == ("queued", "Mia Member", True, False)
    assert "document:queue" in trail()


def test_who_waits_sees_how_many_wait_before_this_very_draft():
    documents = [a_draftable() for _ in range(3)]
    jobs = [order(document) for document in documents]
    with unit_of_work(cast.northlight) as work:
        drafts.wake(work, jobs[0])  # woken again: one more job in the queue, but not one more draft
    for ahead, (document, job) in enumerate(zip(documents, jobs, strict=True)):
        with unit_of_work(cast.victor) as work:
            row, live = drafts.of_document(work, document), drafts.live(work, document, job)
        waiting = f"Waiting for a free worker, {ahead} ahead." if ahead else "Waiting for a free worker."
        assert (row.words, live.waiting) == (waiting, waiting)
    stop(documents[0])
    with unit_of_work(cast.victor) as work:
        assert drafts.live(work, documents[0], jobs[0]).waiting == ""


def test_the_same_key_twice_is_one_order():
    document = a_draftable()
    assert order(document, key="click-1") == order(document, key="click-1")
    assert waiting("drafts") == 1
    with pytest.raises(IllegalMove, match="being written already"):
        order(document, key="click-2")
    with pytest.raises(NotFound):
        order(a_draftable(), key="click-1")


@pytest.mark.parametrize("key", [" " * 0 + "", "x" * 121])
def test_a_useless_key_is_refused(key):
    document = a_draftable()
    with pytest.raises(Invalid), unit_of_work(cast.mia) as work:
        drafts.request(work, document, key)


async def test_many_clicks_at_once_order_one_draft():
    document = a_draftable()
    clicks = await asyncio.gather(
        *(asyncio.to_thread(order, document, cast.mia, f"click-{n}") for n in range(6)),
        return_exceptions=True,
    )
    assert sum(not isinstance(click, Exception) for click in clicks) == 1
    assert all(isinstance(click, IllegalMove) for click in clicks if isinstance(click, Exception))


def test_the_month_is_used_up_before_anything_is_queued():
    document = a_draftable()
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Org, cast.NORTHLIGHT).settings = {"limits": {"drafts": 0}}
    with pytest.raises(LimitReached, match="used up"):
        order(document)
    assert waiting("drafts") == 0


# -- writing


async def test_the_reader_the_version_and_the_row_have_one_text(redis):
    draft = order(a_draftable())
    await work_on(draft)
    found, view = facts(draft), await read(redis, draft)
    assert found.job.status is DraftStatus.SUCCEEDED
    assert found.document.generation_status is Generation.READY
    assert found.document.current_version_id == found.version.id
    assert (view.status, view.text) == ("ready", found.job.output)
    assert join(found.content.blocks) == parse(view.text)
    assert found.version.source == "ai"
    assert {
        "document:queue",
        "draft_job:claim",
        "document:start",
        "draft_job:succeed",
        "document:finish",
    } <= trail()


async def test_what_was_typed_is_in_the_text_and_changes_no_structure(redis):
    draft = order(a_draftable())
    await work_on(draft)
    content = facts(draft).content
    titles = [heading(block) for block in content.blocks]
    assert titles[0] == "1. Parties"
    assert titles.count("1. Everything is free") == 0
    for words in (
        "Northlight",
        "Bright Foods",
        "Search ads",
        "A report every Friday",
        "Austria",
        "€1,000.00",
    ):
        assert words in join(content.blocks)
    assert content.total_minor == 100_000
    assert len(content.payment_plan.rows) == 2


async def test_every_block_says_where_it_comes_from(redis):
    draft = order(a_draftable())
    await work_on(draft)
    found = facts(draft)
    assert set(found.version.provenance) == {block.id for block in found.content.blocks}
    origin = next(iter(found.version.provenance.values()))
    assert (origin["provider"], origin["placeholder"], origin["reviewed"]) == ("placeholder", True, False)
    assert origin["job_id"] == str(draft)
    assert [(a.provider, a.outcome, a.template) for a in found.attempts] == [("placeholder", "ok", CONTRACT)]


async def test_being_woken_again_changes_nothing(redis):
    draft = order(a_draftable())
    await asyncio.gather(*(work_on(draft) for _ in range(3)))
    await work_on(draft)
    assert facts(draft).job.attempt == 1
    with unit_of_work(cast.mia) as work:
        versions = work.db.scalar(text("SELECT count(*) FROM document_version WHERE source = 'ai'"))
    assert versions == 1


async def test_a_finished_document_can_be_drafted_anew(redis):
    document = a_draftable()
    await work_on(order(document))
    draft = order(document)
    await work_on(draft)
    assert facts(draft).version.number == 3


@pytest.mark.parametrize(
    "faults",
    [
        {"gemini": [{"kind": "pace", "interval": 0.001}]},
        {"gemini": [{"kind": "truncate", "interval": 0.001}], "openai": [{"kind": "pace", "interval": 0.001}]},
        {"gemini": ["503", "503"], "openai": [{"kind": "safety", "interval": 0.001}]},
    ],
    ids=["good-day", "switch", "clause-library"],
)  # fmt: skip
async def test_real_sdks_write_through_the_whole_chain(redis, sandbox, monkeypatch, faults):
    for name, value in {
        "GEMINI_API_KEY": "key", "GEMINI_BASE_URL": sandbox.url,
        "OPENAI_API_KEY": "key", "OPENAI_BASE_URL": f"{sandbox.url}/v1",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CONTRACTFLOW_{name}", value)
    settings.cache_clear()
    sandbox.faults(**faults)
    draft = order(a_draftable())
    await work_on(draft)
    found, view = facts(draft), await read(redis, draft)
    assert (view.status, view.text) == ("ready", found.job.output)
    assert join(found.content.blocks) == parse(found.job.output)
    assert bool(view.note) == (len({a.provider for a in found.attempts if a.characters}) > 1)


# -- failing


async def test_three_failed_attempts_end_with_a_cause(redis, monkeypatch):
    monkeypatch.setattr(lineup, "_make", lambda: [Failing()])
    document = a_draftable()
    draft = order(document)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        await work_on(draft)
        assert facts(draft).job.attempt == attempt
        due_now(draft)
    found = facts(draft)
    assert (found.job.status, found.document.generation_status) == (DraftStatus.FAILED, Generation.FAILED)
    assert (await read(redis, draft)).status == "failed"
    with unit_of_work(cast.mia) as work:
        row = drafts.of_document(work, document)
    assert row.can_retry
    assert row.cause == "The clause library is overloaded."
    await work_on(draft)
    monkeypatch.setattr(lineup, "_make", lambda: [Placeholder(0)])
    again = order(document)
    await work_on(again)
    assert facts(again).job.status is DraftStatus.SUCCEEDED


async def test_a_wait_lies_between_two_attempts(redis, monkeypatch):
    monkeypatch.setattr(lineup, "_make", lambda: [Failing()])
    draft = order(a_draftable())
    await work_on(draft)
    found = facts(draft)
    assert found.job.status is DraftStatus.RETRY_WAIT
    assert found.job.next_attempt_at
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(DraftJob, draft).next_attempt_at = work.now.replace(year=2099)
    await work_on(draft)
    assert facts(draft).job.attempt == 1, "woken too early"


# -- losing a worker


def test_a_silent_workers_draft_goes_to_somebody_else_and_its_late_writes_are_void(postgres):
    draft = order(a_draftable())
    with unit_of_work(cast.northlight) as work:
        first = drafts.claim(work, draft)
    with unit_of_work(cast.northlight) as work:
        assert drafts.claim(work, draft) is None, "it is taken"
    expire(draft)
    run_scheduler_once()
    assert facts(draft).job.status is DraftStatus.QUEUED
    assert waiting("drafts") >= 2
    with unit_of_work(cast.northlight) as work:
        second = drafts.claim(work, draft)
    assert second.number > first.number
    assert second.note
    with unit_of_work(cast.northlight) as work:
        assert drafts.heartbeat(work, first) is Beat.LOST
        assert drafts.heartbeat(work, second) is Beat.GO_ON
        assert drafts.retry_later(work, first, "late", "late") is None
        drafts.hand_back(work, first)
    assert facts(draft).job.status is DraftStatus.RUNNING


def test_a_worker_lost_three_times_is_a_failure():
    draft = order(a_draftable())
    for _ in range(MOST_ATTEMPTS):
        with unit_of_work(cast.northlight) as work:
            assert drafts.claim(work, draft)
        expire(draft)
        run_scheduler_once()
    assert facts(draft).job.status is DraftStatus.FAILED
    assert facts(draft).document.generation_status is Generation.FAILED


def test_the_lease_is_short_enough_for_fifteen_seconds():
    assert LEASE.total_seconds() <= 10


def test_handing_back_costs_no_attempt():
    draft = order(a_draftable())
    with unit_of_work(cast.northlight) as work:
        claimed = drafts.claim(work, draft)
    with unit_of_work(cast.northlight) as work:
        drafts.hand_back(work, claimed)
    found = facts(draft)
    assert (found.job.status, found.job.attempt) == (DraftStatus.QUEUED, 0)


def test_the_scheduler_waits_for_nobody(postgres):
    held, free = (order(a_draftable()) for _ in range(2))
    with postgres.admin() as admin:
        admin.execute("UPDATE draft_job SET queued_at = now() - interval '1 minute'")
    with unit_of_work(cast.mia) as slow:
        locked(slow, Document, facts(held).job.document_id, "document")
        began = time.monotonic()
        run_scheduler_once()
        assert time.monotonic() - began < 2
    assert facts(free).job.next_attempt_at
    assert facts(held).job.next_attempt_at is None


def test_an_order_nobody_was_woken_for_is_found(monkeypatch):
    with monkeypatch.context() as lost:
        lost.setattr("contractflow.services.drafts.rows.enqueue", lambda *_, **__: False)
        draft = order(a_draftable())
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(DraftJob, draft).queued_at = work.now.replace(year=2020)
    run_scheduler_once()
    assert waiting("drafts") == 1
    run_scheduler_once()
    assert waiting("drafts") == 1, "asked again only after a while"


# -- stopping


async def test_stop_keeps_what_was_read(redis, monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "20")
    settings.cache_clear()
    document = a_draftable()
    draft = order(document)
    writing = asyncio.create_task(work_on(draft))
    while len((await read(redis, draft)).text) < 200:
        await asyncio.sleep(0.05)
    began = asyncio.get_running_loop().time()
    await asyncio.to_thread(stop, document)
    async with asyncio.timeout(1):
        await writing
    assert asyncio.get_running_loop().time() - began < 1
    found, view = facts(draft), await read(redis, draft)
    assert (found.job.status, found.document.generation_status) == (
        DraftStatus.CANCELLED,
        Generation.CANCELLED,
    )
    assert (view.status, view.text) == ("cancelled", found.job.output)
    assert len(view.text) >= 200
    assert join(found.content.blocks) == parse(view.text)
    assert {"draft_job:cancel", "document:cancel"} <= trail()
    with pytest.raises(IllegalMove):
        stop(document)


async def test_stop_keeps_what_was_read_when_redis_does_not_answer(redis, monkeypatch, caplog):
    """The row is stopped at once; the worker, which notices by its heartbeat, hands in what it had shown."""
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "20")
    settings.cache_clear()
    document = a_draftable()
    draft = order(document)
    writing = asyncio.create_task(work_on(draft))
    while len((await read(redis, draft)).text) < 400:
        await asyncio.sleep(0.05)
    seen = await read(redis, draft)
    await redis.client_pause(1_500)
    await asyncio.to_thread(stop, document)
    assert "has to come from its worker" in caplog.text
    assert facts(draft).job.status is DraftStatus.CANCELLED
    async with asyncio.timeout(8):
        await writing
    found, view = facts(draft), await read(redis, draft)
    assert (view.status, view.text) == ("cancelled", found.job.output)
    assert found.job.output.startswith(seen.text)
    assert join(found.content.blocks) == parse(view.text)
    assert found.job.provider == "placeholder"


async def test_what_the_worker_hands_in_late_overwrites_nothing():
    document = a_draftable()
    draft = order(document)
    with unit_of_work(cast.northlight) as work:
        claimed = drafts.claim(work, draft)
    stop(document)
    with unit_of_work(cast.mia) as work:
        builders.a_version(work, work.db.get_one(Document, document))
    before = facts(draft).document.current_version_id
    with unit_of_work(cast.northlight) as work:
        drafts.interrupted(work, claimed, [], "## 1. Scope\n\nLate words.", "placeholder")
    found = facts(draft)
    assert (found.document.current_version_id, found.job.output) == (before, "")


def test_stop_before_anybody_began():
    document = a_draftable()
    draft = order(document)
    stop(document)
    assert facts(draft).version is None
    with unit_of_work(cast.northlight) as work:
        assert drafts.claim(work, draft) is None
    order(document)


def stop(document) -> None:
    with unit_of_work(cast.mia) as work:
        drafts.stop(work, document)


def trail() -> set[str]:
    with unit_of_work(cast.olivia) as work:
        return set(work.db.scalars(text("SELECT action FROM audit_event")))


def due_now(draft) -> None:
    with unit_of_work(cast.northlight) as work:
        job = work.db.get_one(DraftJob, draft)
        if job.status is DraftStatus.RETRY_WAIT:
            job.next_attempt_at = work.now


def expire(draft) -> None:
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(DraftJob, draft).lease_expires_at = work.now.replace(year=2020)


def run_scheduler_once() -> None:
    from contractflow.db.engine import engine, use_role
    from contractflow.db.roles import DbRole

    use_role(DbRole.WORKER)
    with engine().connect() as connection:
        sweep(connection)
    use_role(DbRole.APP)
