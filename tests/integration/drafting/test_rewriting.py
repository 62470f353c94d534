"""Rewriting one clause: a proposal that changes nothing until a person accepts it."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from contractflow.broker.queue import waiting
from contractflow.config import settings
from contractflow.content.version import Content
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed, NotFound, Stale
from contractflow.integrations.ai import lineup
from contractflow.integrations.ai.placeholder import Placeholder
from contractflow.integrations.ai.prompts import CLAUSE
from contractflow.integrations.ai.rephrasing import LEFT_TO_DO
from contractflow.integrations.ai.words import Done
from contractflow.models import DocumentVersion, DraftJob, Org
from contractflow.services import documents, drafts
from contractflow.services.drafts.rewriting import LONGEST_WISH
from contractflow.services.drafts.writing import LEASE
from contractflow.workflows.draft_job import Decision, DraftStatus
from tests import cast
from tests.integration.drafting.ordering import order, read, work_on
from tests.integration.drafting.test_drafts import Failing, due_now, expire, run_scheduler_once
from tests.integration.journey import a_draft, approved, as_, look, sent, trail

pytestmark = pytest.mark.usefixtures("database", "redis_url")

TEXT = (
    "## 1. Scope\n\nThe Agency should deliver {{what}}. It reports monthly.\n\n## 2. Fees\n\nThe fee is due."
)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "0.2")
    settings.cache_clear()


class Saying:
    """A provider that says this, whatever it is asked."""

    name = "gemini"
    model = "test-model"

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.orders = []

    async def stream(self, asked):
        self.orders.append(asked)
        yield self.texts.pop(0)
        yield Done("stop", self.model)

    async def close(self):
        pass


def say(monkeypatch, *texts: str) -> Saying:
    provider = Saying(*texts)
    monkeypatch.setattr(lineup, "_make", lambda: [provider, Placeholder(0)])
    return provider


def block(document_id: UUID, number: int = 0):
    return as_(cast.mia, documents.one, document_id).blocks[number]


def ask(document_id: UUID, wish: str = "stricter", number: int = 0, by=cast.mia, key: str = "") -> UUID:
    return as_(by, drafts.rewrite, document_id, block(document_id, number).id, wish, key or str(uuid4()))


def row(document_id: UUID, by=cast.mia):
    (only,) = as_(by, drafts.rewrites, document_id).rows
    return only


def job(draft_id: UUID) -> DraftJob:
    return as_(cast.mia, lambda work: work.db.get_one(DraftJob, draft_id))


async def written(wish: str = "stricter", text: str = TEXT) -> tuple[UUID, UUID]:
    document_id = a_draft(text=text)
    draft_id = ask(document_id, wish)
    await work_on(draft_id)
    return document_id, draft_id


# -- who may


async def test_who_may_not():
    document_id, draft_id = await written()
    first = block(document_id).id
    for verb, args in (
        (drafts.rewrite, (first, "shorter", "key")),
        (drafts.accept, (draft_id,)),
        (drafts.discard, (draft_id,)),
    ):
        with pytest.raises(NotAllowed):
            as_(cast.victor, verb, document_id, *args)
        with pytest.raises(NotFound):
            as_(cast.rita, verb, document_id, *args)
    for verb, args in ((drafts.rewrites, ()), (drafts.accept, (draft_id,))):
        with pytest.raises(NotFound):
            as_(cast.rita, verb, document_id, *args)
    assert as_(cast.rita, drafts.live_rewrites, document_id, [draft_id]) == {}
    seen = row(document_id, cast.victor)
    assert (seen.can_accept, seen.can_discard) == (False, False)
    assert seen.origin == "The clause library for Mia Member"
    with pytest.raises(NotFound):
        as_(cast.mia, drafts.accept, a_draft(key="other"), draft_id)


# -- asking


def test_an_order_is_a_row_and_a_wake_up_and_changes_nothing():
    document_id = approved()
    before = look(cast.mia, document_id)
    draft_id = ask(document_id, "  Say who \n pays  ")
    after = look(cast.mia, document_id)
    assert (after.current_version_id, after.approval_status, after.generation_status) == (
        before.current_version_id, "approved", "idle",
    )  # fmt: skip
    assert waiting("drafts") == 1
    found = row(document_id)
    assert (found.asked, found.status, found.is_active) == ("“Say who pays”", "queued", True)
    assert trail(cast.mia, document_id)[-1] == "document:rewrite"
    assert job(draft_id).kind == "clause"


def test_the_same_key_twice_is_one_order_and_a_clause_is_rewritten_once_at_a_time():
    document_id = a_draft(text=TEXT)
    assert ask(document_id, key="click") == ask(document_id, key="click")
    with pytest.raises(IllegalMove, match="being rewritten already"):
        ask(document_id)
    assert ask(document_id, number=1), "another clause"
    assert waiting("drafts") == 2


async def test_many_clicks_at_once_are_one_order():
    document_id = a_draft(text=TEXT)
    clicks = [asyncio.to_thread(ask, document_id, key=f"click-{n}") for n in range(6)]
    answers = await asyncio.gather(*clicks, return_exceptions=True)
    assert sum(isinstance(answer, UUID) for answer in answers) == 1
    assert sum(isinstance(answer, IllegalMove) for answer in answers) == 5


@pytest.mark.parametrize("wish", ["", " \n ", "\u200b", "x" * (LONGEST_WISH + 1)])
def test_a_useless_wish_is_refused(wish):
    with pytest.raises(Invalid) as refused:
        ask(a_draft(text=TEXT), wish)
    assert refused.value.field == "wish"


def test_where_there_is_nothing_to_rewrite():
    with pytest.raises(Invalid, match="nothing below the heading"):
        ask(a_draft(text="## 1. Empty\n\n## 2. Full\n\nWords."))
    document_id = a_draft(key="other", text=TEXT)
    with pytest.raises(NotFound):
        as_(cast.mia, drafts.rewrite, document_id, "nowhere", "stricter", "key")


def test_not_while_the_whole_is_drafted_nor_once_it_is_sent():
    document_id = a_draft(text=TEXT)
    first = block(document_id).id
    order(document_id)
    with pytest.raises(IllegalMove, match="still being written"):
        as_(cast.mia, drafts.rewrite, document_id, first, "stricter", "key")


def test_a_sent_document_is_frozen():
    with pytest.raises(IllegalMove, match="frozen"):
        ask(sent())


def test_the_month_counts_rewrites_as_well():
    document_id = a_draft(text=TEXT)

    def one_is_left(work):
        work.db.get_one(Org, cast.NORTHLIGHT).settings = {"limits": {"drafts": 1}}

    as_(cast.northlight, one_is_left)
    ask(document_id)
    with pytest.raises(LimitReached):
        ask(document_id, number=1)


# -- writing


async def test_the_reader_and_the_row_have_one_text_and_the_document_stays(redis, monkeypatch):
    provider = say(
        monkeypatch, "**1. Scope**\n\nThe Agency shall deliver {{what}}.\n\n## 9. Free\n\n<b>More</b>."
    )
    document_id, draft_id = await written("Say <b>shall</b>")
    found, view = job(draft_id), await read(redis, draft_id)
    assert (view.status, view.text) == ("ready", found.output)
    assert (found.status, found.provider, found.model) == (DraftStatus.SUCCEEDED, "gemini", "test-model")
    assert look(cast.mia, document_id).generation_status == "idle"
    assert "should" in block(document_id).md
    shown = row(document_id)
    assert shown.md == "## 1. Scope\n\nThe Agency shall deliver {{what}}.\n\n**9. Free**\n\nMore."
    assert "<del>should </del><ins>shall </ins>" in shown.html
    assert (shown.origin, shown.can_accept, shown.warning) == (
        "Gemini (test-model) for Mia Member", True, "",
    )  # fmt: skip
    (asked,) = provider.orders
    assert asked.template == CLAUSE
    assert "<b>" not in asked.request
    assert "2. Fees" in asked.request


async def test_the_clause_library_answers_when_nobody_else_does(redis):
    document_id, draft_id = await written("Mention the moon")
    shown = row(document_id)
    assert f"{LEFT_TO_DO} Mention the moon" in shown.md
    assert "No AI answered" in shown.warning
    as_(cast.mia, drafts.accept, document_id, draft_id)
    page = as_(cast.mia, documents.one, document_id)
    assert page.has_placeholder
    assert not page.can["send"]
    as_(cast.mia, documents.fill_in, document_id, {"what": "a website"})
    with pytest.raises(IllegalMove, match="Check the placeholder text first"):
        as_(cast.mia, documents.submit, document_id)
    as_(cast.mia, documents.confirm_placeholder, document_id)
    as_(cast.mia, documents.submit, document_id)


async def test_what_it_leaves_out_is_said(redis, monkeypatch):
    say(monkeypatch, "## 1. Scope\n\nThe Agency delivers.")
    document_id, _ = await written()
    assert row(document_id).warning == "It leaves out {{what}}."


async def test_three_failed_attempts_end_with_a_cause_and_a_retry(redis, monkeypatch):
    monkeypatch.setattr(lineup, "_make", lambda: [Failing()])
    document_id = a_draft(text=TEXT)
    draft_id = ask(document_id)
    for _ in range(3):
        await work_on(draft_id)
        due_now(draft_id)
    shown = row(document_id)
    assert (shown.status, shown.cause, shown.can_retry) == (
        "failed",
        "The clause library is overloaded.",
        True,
    )
    assert not shown.can_accept
    with pytest.raises(IllegalMove, match="until the clause is written"):
        as_(cast.mia, drafts.accept, document_id, draft_id)
    assert look(cast.mia, document_id).generation_status == "idle"
    again = ask(document_id)
    assert job(draft_id).decision is Decision.DISCARDED
    assert row(document_id).id == str(again)


async def test_an_answer_that_is_no_clause_is_tried_again(redis, monkeypatch):
    provider = say(monkeypatch, "## 1. Scope\n\n---", "## 1. Scope\n\nThe Agency delivers {{what}}.")
    document_id = a_draft(text=TEXT)
    draft_id = ask(document_id)
    await work_on(draft_id)
    assert job(draft_id).status is DraftStatus.RETRY_WAIT
    due_now(draft_id)
    await work_on(draft_id)
    assert (job(draft_id).status, len(provider.orders)) == (DraftStatus.SUCCEEDED, 2)


def test_a_silent_workers_rewrite_goes_to_somebody_else():
    document_id = a_draft(text=TEXT)
    draft_id = ask(document_id)
    assert as_(cast.northlight, drafts.claim, draft_id)
    assert LEASE
    expire(draft_id)
    run_scheduler_once()
    assert job(draft_id).status is DraftStatus.QUEUED
    assert as_(cast.northlight, drafts.claim, draft_id).number == 2
    assert look(cast.mia, document_id).generation_status == "idle"


# -- deciding


async def test_accepting_is_a_version_that_says_where_the_clause_comes_from(redis, monkeypatch):
    say(monkeypatch, "## 1. Scope\n\nThe Agency shall deliver {{what}}.")
    document_id, draft_id = await written()
    other = block(document_id, 1)
    as_(cast.adam, drafts.accept, document_id, draft_id)
    as_(cast.adam, drafts.accept, document_id, draft_id)
    version = as_(
        cast.mia,
        lambda work: work.db.get_one(DocumentVersion, look(cast.mia, document_id).current_version_id),
    )
    content = Content.from_text(version.content)
    assert (version.number, version.source, version.note) == (3, "ai", "Rewrite of “1. Scope” accepted")
    assert content.blocks[0].md == "## 1. Scope\n\nThe Agency shall deliver {{what}}."
    facts = version.provenance[content.blocks[0].id]
    assert {key: facts[key] for key in ("provider", "model", "job_id", "accepted_by", "placeholder")} == {
        "provider": "gemini", "model": "test-model", "job_id": str(draft_id), "accepted_by": "Adam Admin",
        "placeholder": False,
    }  # fmt: skip
    assert block(document_id).origin == "Rewritten by Gemini (test-model), accepted by Adam Admin"
    assert block(document_id).at.ago == "just now"
    assert block(document_id, 1) == other
    assert as_(cast.mia, drafts.rewrites, document_id).rows == []
    found = job(draft_id)
    assert (found.decision, found.decided_by, found.result_version_id) == (
        Decision.ACCEPTED, cast.adam.user_id, version.id,
    )  # fmt: skip
    assert trail(cast.mia, document_id)[-1] == "draft_job:accept"
    with pytest.raises(IllegalMove):
        as_(cast.mia, drafts.discard, document_id, draft_id)


async def test_accepting_makes_an_approval_stale(redis):
    document_id = approved()
    draft_id = ask(document_id)
    await work_on(draft_id)
    assert look(cast.mia, document_id).approval_status == "approved"
    as_(cast.mia, drafts.accept, document_id, draft_id)
    assert look(cast.mia, document_id).approval_status == "stale"


async def test_a_clause_changed_meanwhile_is_not_overwritten_and_the_text_stays_to_copy(redis):
    document_id, draft_id = await written()
    text = row(document_id).md
    first = block(document_id)
    as_(cast.adam, documents.save_block, document_id, first.id, "## 1. Scope\n\nAdam was here.", first.digest)
    shown = row(document_id)
    assert (shown.md, shown.can_accept, shown.block_id) == (text, False, first.id)
    assert "changed since" in shown.warning
    with pytest.raises(Stale, match="still here"):
        as_(cast.mia, drafts.accept, document_id, draft_id)
    assert "Adam" in block(document_id).md
    assert job(draft_id).decision is Decision.OPEN


async def test_a_clause_that_is_gone_leaves_its_rewrite_to_copy(redis):
    document_id, draft_id = await written()
    as_(cast.mia, documents.remove_block, document_id, block(document_id).id)
    shown = row(document_id)
    assert (shown.block_id, shown.heading, shown.can_accept) == ("", "1. Scope", False)
    with pytest.raises(Stale):
        as_(cast.mia, drafts.accept, document_id, draft_id)
    as_(cast.mia, drafts.discard, document_id, draft_id)


async def test_another_number_in_the_heading_does_not_matter(redis):
    document_id, draft_id = await written()
    first = block(document_id)
    renumbered = first.md.replace("1. Scope", "4. The scope")
    as_(cast.mia, documents.save_block, document_id, first.id, renumbered, first.digest)
    as_(cast.mia, drafts.accept, document_id, draft_id)
    assert block(document_id).heading == "4. The scope"


async def test_two_people_accept_and_discard_at_once_and_one_of_them_wins(redis):
    document_id, draft_id = await written()
    answers = await asyncio.gather(
        asyncio.to_thread(as_, cast.mia, drafts.accept, document_id, draft_id),
        asyncio.to_thread(as_, cast.adam, drafts.discard, document_id, draft_id),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, IllegalMove) for answer in answers) == 1
    assert job(draft_id).decision is not Decision.OPEN


async def test_a_colleague_stops_it_while_it_is_written(redis, monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "60")
    settings.cache_clear()
    document_id = a_draft(text=f"## 1. Reports\n\n{'It reports monthly. ' * 200}")
    draft_id = ask(document_id)
    writing = asyncio.create_task(work_on(draft_id))
    while not (await read(redis, draft_id)).text:
        await asyncio.sleep(0.02)
    began = asyncio.get_running_loop().time()
    await asyncio.to_thread(as_, cast.adam, drafts.discard, document_id, draft_id)
    async with asyncio.timeout(1):
        await writing
    assert asyncio.get_running_loop().time() - began < 1
    as_(cast.adam, drafts.discard, document_id, draft_id)
    assert (await read(redis, draft_id)).status == "cancelled"
    found = job(draft_id)
    assert (found.status, found.decision) == (DraftStatus.CANCELLED, Decision.DISCARDED)
    assert trail(cast.mia, document_id)[-2:] == ["draft_job:cancel", "draft_job:discard"]
    assert ask(document_id), "the clause is free again"


async def test_a_rewrite_is_not_the_draft_of_the_document(redis):
    document_id, _ = await written()
    assert as_(cast.mia, drafts.of_document, document_id).status == ""
    with pytest.raises(IllegalMove, match="Nothing is being written"):
        as_(cast.mia, drafts.stop, document_id)
    assert as_(cast.mia, documents.one, document_id).can["generate"]
