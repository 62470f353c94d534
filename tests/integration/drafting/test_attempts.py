"""Every attempt is kept: who was asked, with which prompt, how it ended, how long it took, what it cost."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contractflow.config import Settings, settings
from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.ai.prices import LATER, PRICES, cost_micros, price_of
from contractflow.integrations.ai.prompts import CONTRACT
from contractflow.services import drafts
from contractflow.services.drafts.writing import MOST_ATTEMPTS
from tests import builders, cast
from tests.integration.drafting.ordering import a_draftable, facts, order, until, work_on

pytestmark = pytest.mark.usefixtures("database", "redis_url")


@pytest.fixture
def vendors(sandbox, monkeypatch):
    """Both vendors' SDKs against the sandbox, with models whose prices are known."""
    for vendor, model, path in (("GEMINI", "gemini-3.5-flash", ""), ("OPENAI", "gpt-6.1-terra", "/v1")):
        monkeypatch.setenv(f"CONTRACTFLOW_{vendor}_API_KEY", "test")
        monkeypatch.setenv(f"CONTRACTFLOW_{vendor}_BASE_URL", sandbox.url + path)
        monkeypatch.setenv(f"CONTRACTFLOW_{vendor}_MODEL", model)
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "0.2")
    settings.cache_clear()
    return sandbox


async def test_a_failed_and_a_good_attempt_are_kept_with_what_they_cost(redis, vendors):
    vendors.faults(gemini=[{"kind": "429"}], openai=[{"kind": "pace", "interval": 0.001}])
    draft = order(a_draftable())
    await work_on(draft)
    refused, good = facts(draft).attempts
    assert (refused.provider, refused.outcome, refused.cost_micros) == ("gemini", "rate_limited", None)
    assert (good.provider, good.model, good.outcome) == ("openai", "gpt-6.1-terra", "ok")
    assert good.first_text_ms is not None
    assert good.cost_micros == good.tokens_in + 5 * good.tokens_out > 0
    assert good.characters == len(facts(draft).job.output)
    for each in (refused, good):
        assert (each.attempt, each.template) == (1, CONTRACT)
        assert each.started_at <= each.ended_at


async def test_what_was_stopped_is_kept_too(redis, monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_PLACEHOLDER_SECONDS", "30")
    settings.cache_clear()
    document = a_draftable()
    draft = order(document)
    writing = asyncio.create_task(work_on(draft))
    await until(lambda: facts(draft).job.provider == "placeholder")  # the heartbeat has said who writes
    with unit_of_work(cast.mia) as work:
        drafts.stop(work, document)
    await asyncio.wait_for(writing, 10)
    (stopped,) = facts(draft).attempts
    assert (stopped.outcome, stopped.cost_micros) == ("interrupted", 0)
    assert stopped.characters > 0


def test_a_lost_worker_leaves_a_line(postgres):
    draft = order(a_draftable())
    for number in range(1, MOST_ATTEMPTS + 1):
        with unit_of_work(cast.northlight) as work:
            assert drafts.claim(work, draft)
        with postgres.admin() as admin:
            admin.execute("UPDATE draft_job SET lease_expires_at = now() - interval '1 second'")
        with unit_of_work(cast.northlight) as work:
            drafts.wake(work, draft)
        assert [each.outcome for each in facts(draft).attempts] == ["worker_lost"] * number


async def test_nobody_changes_a_line(redis):
    with unit_of_work(cast.northlight) as work:
        builders.an_attempt(work, builders.a_draft_job(work, builders.a_document(work)))
    for change in ("UPDATE draft_attempt SET cost_micros = 0", "DELETE FROM draft_attempt"):
        with pytest.raises(ProgrammingError, match="permission denied"), unit_of_work(cast.olivia) as work:
            work.db.execute(text(change))


@pytest.mark.parametrize(
    ("model", "tokens", "cost"),
    [
        ("gpt-6.1-terra", (1_000_000, 1_000_000), 6_000_000),
        ("gemini-3-flash-preview", (1, 0), 1),  # half a millionth is not nothing
        ("clause-library/7", (None, None), 0),
        ("gpt-6.1-terra", (None, None), None),
        ("a-model-of-tomorrow", (10, 10), None),
    ],
)
def test_what_a_model_costs(model, tokens, cost):
    assert cost_micros(model, *tokens, date(2026, 11, 23)) == cost
    assert all(price.tokens_in < price.tokens_out for price in PRICES.values())


def test_a_price_changes_on_the_day_its_vendor_named():
    before, after = (
        cost_micros("gemini-3.8-flash", 1_000_000, 1_000_000, date(*day))
        for day in ((2026, 12, 31), (2027, 1, 1))
    )
    assert (before, after) == (4_500_000, 9_000_000)
    assert LATER.keys() <= PRICES.keys()


@pytest.mark.parametrize("name", ["gemini_model", "openai_model"])
def test_our_own_choice_of_a_model_has_a_price(name):
    assert price_of(Settings.model_fields[name].default, date(2026, 11, 23))


def test_the_trail_of_older_drafts_moves_over_and_back(postgres):
    from contractflow.db import migrations
    from contractflow.db.engine import forget_engines

    url = postgres.create("older_trails")
    migrations.migrate(url)
    migrations.downgrade(url, "0011_guards")
    with postgres.admin("older_trails") as admin:
        admin.execute(
            "INSERT INTO org (id, slug, name, default_currency) VALUES (uuidv7(), 'old', 'Old', 'EUR');"
            "INSERT INTO draft_job (org_id, document_id, brief, idempotency_key, requested_by, attempt, provider_trail)"
            ' SELECT id, uuidv7(), \'{}\', \'k\', uuidv7(), 1, \'[{"attempt": 1, "provider": "openai", "model": "m", "template": "t/1",'
            ' "outcome": "ok", "first_text_ms": 7, "shown": 9, "tokens_in": 3, "tokens_out": 4}]\' FROM org'
        )
        before = admin.execute("SELECT provider_trail FROM draft_job").fetchone()
    migrations.migrate(url)
    with postgres.admin("older_trails") as admin:
        moved = admin.execute(
            "SELECT provider, characters, tokens_out, ended_at >= started_at FROM draft_attempt"
        )
        assert moved.fetchall() == [("openai", 9, 4, True)]
    migrations.downgrade(url, "0011_guards")
    with postgres.admin("older_trails") as admin:
        assert admin.execute("SELECT provider_trail FROM draft_job").fetchone() == before
    forget_engines()
