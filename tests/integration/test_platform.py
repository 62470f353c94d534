"""Platform admins see states, counts and costs of everybody, and texts of nobody; for all others they do not exist."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from contractflow.broker import heartbeats
from contractflow.broker.breaker import Breaker, states
from contractflow.broker.queue import enqueue, waiting
from contractflow.config import settings
from contractflow.db.engine import engine
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import AuditEvent, Document, DraftJob
from contractflow.ops import admins
from contractflow.permissions import PlatformAdmin, Visitor
from contractflow.services import audit, drafts, platform
from contractflow.services.drafts.writing import MOST_ATTEMPTS
from contractflow.workflows.document import Generation
from contractflow.workflows.draft_job import DraftStatus
from tests import builders, cast
from tests.integration.drafting.ordering import a_draftable, facts, order

pytestmark = pytest.mark.usefixtures("database", "redis_url")

# Adam sees to the platform in these tests; what he is at Northlight does not matter to it.
ADDRESS = cast.email_of(cast.adam)


@pytest.fixture
def admin() -> PlatformAdmin:
    admins.change(ADDRESS, is_to_be=True)
    return PlatformAdmin(cast.adam.user_id, None, cast.adam.name)


def for_org(admin: PlatformAdmin, org_id=cast.NORTHLIGHT) -> PlatformAdmin:
    return dataclasses.replace(admin, org_id=org_id)


def page(admin: PlatformAdmin) -> platform.JobsPage:
    with unit_of_work(admin) as work:
        return platform.jobs(work)


def dead(document_id=None, code: str = "overloaded"):
    """A draft of Northlight that has failed three times, as its last worker leaves it."""
    draft = order(document_id or a_draftable())
    for _ in range(MOST_ATTEMPTS):
        with unit_of_work(cast.northlight) as work:
            work.db.get_one(DraftJob, draft).next_attempt_at = work.now - timedelta(seconds=1)
        with unit_of_work(cast.northlight) as work:
            claimed = drafts.claim(work, draft)
            assert claimed
            drafts.retry_later(work, claimed, code, "on purpose")
    return draft


# -- who is one


def test_only_the_command_line_makes_one_and_it_stands_in_the_trail():
    with unit_of_work(Visitor()) as work:
        assert not platform.is_admin(work, cast.adam.user_id)
    assert "is a platform admin now" in admins.change(ADDRESS.upper(), is_to_be=True)
    admins.change(ADDRESS, is_to_be=True)  # twice is once
    with unit_of_work(Visitor()) as work:
        assert platform.is_admin(work, cast.adam.user_id)
        assert not platform.is_admin(work, cast.olivia.user_id)
    admins.change(ADDRESS, is_to_be=False)
    with unit_of_work(cast.olivia) as work:
        assert not platform.is_admin(work, cast.adam.user_id)
        seen = [
            (entry.who, entry.what, entry.note)
            for day in audit.page(work, audit.Wanted()).days
            for entry in day.events
        ]
    assert seen == [
        ("ContractFlow", "made a member no platform admin any more", "Adam Admin"),
        ("ContractFlow", "made a member a platform admin", "Adam Admin"),
    ]


@pytest.mark.parametrize("role", [DbRole.APP, DbRole.WORKER])
def test_no_role_of_the_product_makes_one(role):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        unit_of_work(cast.adam, role=role) as work,
    ):
        work.db.execute(text("UPDATE app_user SET is_platform_admin = true"))
    with pytest.raises(NotAllowed), unit_of_work(cast.olivia) as work:
        platform.appoint(work, ADDRESS, is_to_be=True)


def test_a_stranger_cannot_be_one():
    with pytest.raises(Invalid, match="has signed up"):
        admins.change("nobody@nowhere.test", is_to_be=True)


def test_the_command_says_what_it_did(database):
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "contractflow", "admin", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("promote", ADDRESS).stdout == f"{ADDRESS} is a platform admin now.\n"
    refused = run("demote", "nobody@nowhere.test")
    assert (refused.returncode, refused.stderr) == (
        1,
        "Nobody with the address nobody@nowhere.test has signed up and confirmed it.\n",
    )


# -- what they see


def test_nobody_else_sees_the_jobs(admin):
    for somebody in (cast.olivia, cast.northlight, Visitor()):
        with pytest.raises(NotAllowed), unit_of_work(somebody) as work:
            platform.jobs(work)


@pytest.mark.parametrize(
    "gate",
    ["drafts(9)", "failures(9)", "latency('2020-01-01')", "causes('2020-01-01')", "costs('2020-01-01', 9)"],
)
def test_the_gates_look_themselves(admin, gate):
    """Also when our own check were forgotten: the database knows who is one."""
    with unit_of_work(cast.northlight) as work:
        job = builders.a_draft_job(work, builders.a_document(work))
        builders.an_attempt(work, job)
        builders.an_attempt(work, job, outcome="overloaded")
    dead()
    query = text(f"SELECT count(*) FROM gate_platform_{gate}")
    impostor = PlatformAdmin(cast.olivia.user_id, None, "Olivia")
    for person, sees in ((admin, True), (cast.olivia, False), (impostor, False)):
        with unit_of_work(person) as work:
            assert bool(work.db.scalar(query)) is sees


def test_the_page_shows_everybodys_work_and_nobodys_words(admin):
    secret = "Project Nightingale"
    with unit_of_work(cast.mia) as work:
        brief = {"scope": secret, "tone": "plain"}
        document = builders.a_document(work, title=secret, brief=brief)
        builders.a_version(work, document)
    draft = order(document.id)
    with unit_of_work(cast.northlight) as work:
        claimed = drafts.claim(work, draft)
        assert claimed
        drafts.heartbeat(work, claimed, "openai")
    with unit_of_work(cast.redshift) as work:
        builders.an_attempt(
            work, builders.a_draft_job(work, builders.a_document(work, title=secret)), cost_micros=2_340_000
        )
    dead()
    seen = page(admin)
    running = next(row for row in seen.under_way if row.id == str(draft))
    assert (running.org, running.provider, running.status, running.attempt) == (
        "Northlight", "OpenAI", "running", "1 of 3",
    )  # fmt: skip
    assert {row.org for row in seen.under_way} == {"Northlight", "Redshift"}
    assert [(row.org, row.cause) for row in seen.failures] == [("Northlight", "Is overloaded")]
    assert [(row.org, row.cost) for row in seen.costs] == [("Redshift", "$2.34")]
    assert seen.total_cost == "$2.34"
    assert secret not in json.dumps(dataclasses.asdict(seen))


def test_latency_failures_and_causes_are_counted_by_provider(admin):
    with unit_of_work(cast.northlight) as work:
        job = builders.a_draft_job(work, builders.a_document(work))
        for milliseconds in (400, 600, 800, 5000):
            builders.an_attempt(work, job, first_text_ms=milliseconds, cost_micros=None)
        builders.an_attempt(
            work, job, outcome="rate_limited", first_text_ms=None, characters=0, cost_micros=None
        )
        builders.an_attempt(work, job, outcome="skipped", first_text_ms=None, characters=0)
        yesterday = work.now - timedelta(hours=5)
        builders.an_attempt(
            work, job, outcome="went_quiet", started_at=yesterday, ended_at=yesterday, characters=0
        )
    seen = page(admin)
    gemini = next(row for row in seen.providers if row.key == "gemini")
    assert (gemini.hour, gemini.failed_hour) == ("0.6 s · 5.0 s", "20 % of 5")
    assert gemini.failed_day == "33 % of 6"
    assert {(row.cause, row.hour, row.day) for row in seen.causes} == {
        ("Is busy", "1", "1"),
        ("Was not asked: its breaker was open", "1", "1"),
        ("Went quiet", "0", "1"),
    }
    assert seen.costs[0].cost == seen.total_cost == "$0.02 and 4 without a price"


def test_what_nobody_knows_the_price_of_did_not_cost_nothing(admin):
    with unit_of_work(cast.northlight) as work:
        job = builders.a_draft_job(work, builders.a_document(work))
        builders.an_attempt(work, job, model="gemini-9-dream", cost_micros=None)
    seen = page(admin)
    assert (seen.costs[0].cost, seen.total_cost) == ("no price", "no price")


@pytest.mark.parametrize(
    ("model", "shown"),
    [("gemini-3.8-flash", "gemini-3.8-flash"), ("gemini-9-dream", "gemini-9-dream · no price")],
)
def test_a_model_whose_price_nobody_knows_says_so(admin, monkeypatch, model, shown):
    monkeypatch.setenv("CONTRACTFLOW_GEMINI_API_KEY", "key")
    monkeypatch.setenv("CONTRACTFLOW_GEMINI_MODEL", model)
    settings.cache_clear()
    assert next(row.model for row in page(admin).providers if row.key == "gemini") == shown
    settings.cache_clear()


async def test_workers_queues_and_breakers_are_live(admin, redis):
    heartbeats.beat("drafts", busy=3, places=50)
    enqueue("mail.deliver", job_id="mail-1", org_id=1, notification_id=1)
    await Breaker(redis).failed("gemini", is_hopeless=True)
    seen = page(admin)
    lanes = {lane.name: lane for lane in seen.lanes}
    assert (lanes["Drafts"].state, lanes["Drafts"].workers) == ("ok", "1 worker, 3 of 50 busy")
    assert (lanes["Mail"].state, lanes["Mail"].waiting) == ("missing", "1 waiting")
    assert [(worker.kind, worker.state) for worker in seen.workers] == [("Drafts", "alive")]
    assert states(["gemini"])[0].seconds > 500


def test_the_page_says_so_when_redis_is_away(admin, monkeypatch):
    monkeypatch.setattr("contractflow.broker.heartbeats.request_redis", _nobody)
    seen = page(admin)
    assert "Redis does not answer" in seen.note
    assert {lane.state for lane in seen.lanes} == {"unknown"}


def _nobody():
    raise ConnectionError("away")


def test_acting_for_an_organisation_opens_nothing_its_people_wrote(admin):
    document_id = a_draftable()
    with unit_of_work(for_org(admin)) as work:
        assert work.db.get(Document, document_id) is None
        for table in (
            "document_version",
            "comment",
            "client",
            "contact",
            "signer",
            "invoice",
            "artifact",
            "template",
        ):
            assert work.db.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


def test_operators_read_no_brief_no_title_and_no_draft():
    with engine(DbRole.OPS).connect() as connection:
        assert connection.execute(text("SELECT count(id) FROM draft_job")).scalar() == 0
        for column, table in (
            ("output", "draft_job"),
            ("brief", "draft_job"),
            ("title", "document"),
            ("brief", "document"),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"SELECT {column} FROM {table}"))
            connection.rollback()


# -- what they do


def test_a_dead_draft_is_tried_again_before_the_owners_eyes(admin):
    draft = dead()
    with unit_of_work(for_org(admin)) as work:
        platform.revive(work, draft)
    found = facts(draft)
    assert (found.job.status, found.job.attempt) == (DraftStatus.QUEUED, 0)
    assert found.document.generation_status is Generation.QUEUED
    assert waiting("drafts") > 0
    with unit_of_work(cast.northlight) as work:
        assert drafts.claim(work, draft)
    with unit_of_work(cast.olivia) as work:
        log = [entry for day in audit.page(work, audit.Wanted()).days for entry in day.events]
        kept = work.db.exec(select(AuditEvent).where(AuditEvent.action == "draft_job:revive")).one()
    assert ("Adam Admin of ContractFlow", "had a failed AI draft tried again") in [
        (e.who, e.what) for e in log
    ]
    assert (kept.actor_kind, kept.actor_id) == ("platform_admin", cast.adam.user_id)
    with pytest.raises(IllegalMove), unit_of_work(for_org(admin)) as work:
        platform.revive(work, draft)


def test_nobody_else_revives_and_only_in_the_named_organisation(admin):
    draft = dead()
    for somebody in (cast.olivia, cast.northlight):
        with pytest.raises(NotAllowed), unit_of_work(somebody) as work:
            platform.revive(work, draft)
    with pytest.raises(NotFound), unit_of_work(for_org(admin, cast.REDSHIFT)) as work:
        platform.revive(work, draft)


def test_what_nobody_needs_any_more_stays_dead(admin):
    document = a_draftable()
    draft = dead(document)
    order(document)
    assert page(admin).failures == []
    with pytest.raises(IllegalMove, match="ordered since"), unit_of_work(for_org(admin)) as work:
        platform.revive(work, draft)
