"""Whatever goes wrong with a vendor: what the reader reads is what the database holds, and the person knows where it stands.

The real job with the real SDKs against the sandbox, each fault before and after the first text, of one vendor and of both.
That each fault is told apart from the others is test_providers.py's; what happens to our own servers and processes
is test_channel.py's and test_worker.py's.
"""

from __future__ import annotations

import pytest

from contractflow.broker.connections import async_redis
from contractflow.config import settings
from contractflow.content.blocks import join
from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.ai import lineup
from contractflow.integrations.ai.answer import parse
from contractflow.services import drafts
from contractflow.workflows.draft_job import DraftStatus
from tests import cast
from tests.integration.drafting.ordering import a_draftable, facts, order, read, work_on

pytestmark = pytest.mark.usefixtures("database", "redis_url")

BEGINNING, MIDDLE = 0, 0.3
"""Which share of the text has come."""
LATE = 30.0

# fmt: off
ANSWERS = [
    {"kind": "401"}, {"kind": "403"}, {"kind": "400"}, {"kind": "429"}, {"kind": "429", "retry_after": 2},
    {"kind": "quota"}, {"kind": "500"}, {"kind": "503"}, {"kind": "refusal"}, {"kind": "slow_first", "delay": LATE},
]
BREAKS = [
    {"kind": kind, "at": at, "delay": LATE, "interval": 0.001}
    for kind in ("stall", "reset", "drop", "truncate", "malformed", "error_event", "failed", "safety")
    for at in (BEGINNING, MIDDLE)
]
DOWN = [{"kind": "429"}, {"kind": "503"}, *(fault for fault in BREAKS if fault["at"] == MIDDLE)]
# fmt: on


def name(fault: dict[str, object]) -> str:
    where = {BEGINNING: "-at-the-beginning", MIDDLE: "-in-the-middle"}.get(fault.get("at", -1), "")
    return f"{fault['kind']}{where}{'-retry-after' if 'retry_after' in fault else ''}"


@pytest.fixture(autouse=True)
async def vendors(sandbox, redis_url, monkeypatch):
    """Both vendors with keys, and no more patience than the test has."""
    for setting, value in {
        "GEMINI_API_KEY": "key", "GEMINI_BASE_URL": sandbox.url,
        "OPENAI_API_KEY": "key", "OPENAI_BASE_URL": f"{sandbox.url}/v1",
        "AI_FIRST_EVENT_SECONDS": "2", "AI_FIRST_TEXT_SECONDS": "3", "AI_IDLE_SECONDS": "2",
        "PLACEHOLDER_SECONDS": "0.1",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CONTRACTFLOW_{setting}", value)
    settings.cache_clear()
    yield
    await lineup.close()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("fault", [*ANSWERS, *BREAKS], ids=name)
async def test_one_vendor_fails(sandbox, fault):
    sandbox.faults(gemini=[fault, fault], openai=[{"kind": "pace", "interval": 0.001}])
    draft = await written()
    assert facts(draft).job.provider == "openai"
    await says_the_same_everywhere(draft, restarts=fault.get("at") == MIDDLE)


@pytest.mark.parametrize("fault", DOWN, ids=name)
async def test_both_fail_and_the_clause_library_writes(sandbox, fault):
    sandbox.faults(gemini=[fault, fault], openai=[fault, fault])
    draft = await written()
    assert facts(draft).job.provider == "placeholder"
    await says_the_same_everywhere(draft, restarts=fault.get("at") == MIDDLE)


async def written():
    draft = order(a_draftable())
    await work_on(draft)
    return draft


async def says_the_same_everywhere(draft, *, restarts: bool) -> None:
    """The reader's text, the saved text and the clauses are one; who reads it knows whether it was begun anew."""
    found, view = facts(draft), await read(async_redis(), draft)
    assert (found.job.status, view.status) == (DraftStatus.SUCCEEDED, "ready")
    assert view.text == found.job.output
    assert not view.has_gap
    assert join(found.content.blocks) == parse(view.text)
    assert bool(view.note) == restarts, "a restart is said, and only then"
    assert [attempt.outcome for attempt in found.attempts].count("ok") == 1
    with unit_of_work(cast.victor) as work:
        shown = drafts.of_document(work, found.document.id)
    assert (shown.status, shown.cause) == ("ready", "")
