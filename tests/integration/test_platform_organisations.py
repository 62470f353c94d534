"""What platform admins see of organisations and do to them: counts and states, never a word; signing and paying go on."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel, select

from contractflow.db.engine import engine
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed, NotFound, Suspended
from contractflow.models import AuditEvent, Notification, Subscription
from contractflow.ops import admins
from contractflow.permissions import PlatformAdmin, Visitor
from contractflow.permissions import Signer as SignerActor
from contractflow.security.sessions import MEMBERS
from contractflow.services import accounts, audit, limits, payments, platform, portal, sessions
from contractflow.services.portal_links import LinkKind, look_up
from contractflow.web.principal import FACTOR, read_admin, read_member
from tests import builders, cast
from tests.integration.journey import as_, mailed_code, sent, signer_of
from tests.integration.web.at_the_door import enrol

pytestmark = pytest.mark.usefixtures("database", "redis_url")

SECRET = "Project Nightingale"


@pytest.fixture
def petra() -> PlatformAdmin:
    """She is an admin of Redshift as well, which does not matter at Northlight."""
    admins.change(cast.email_of(cast.rita), is_to_be=True)
    return PlatformAdmin(cast.rita.user_id, cast.NORTHLIGHT, "Petra")


def trial(**other) -> None:
    with unit_of_work(cast.northlight) as work:
        facts = {
            "org_id": cast.NORTHLIGHT,
            "tier": "growth",
            "seats": 10,
            "trial_ends_at": work.now + timedelta(days=3),
        }
        work.db.add(Subscription(**facts | other))


def trail() -> list[AuditEvent]:
    with unit_of_work(cast.northlight) as work:
        return list(
            work.db.exec(
                select(AuditEvent).where(AuditEvent.actor_kind == "platform_admin").order_by(AuditEvent.seq)
            )
        )


def seen(petra: PlatformAdmin) -> platform.OrganisationPage:
    return as_(petra, platform.organisation, cast.NORTHLIGHT)


def names(petra: PlatformAdmin, words: str = "", after: str = "") -> list[str]:
    return [row.name for row in as_(petra, platform.organisations, words, after).rows]


# -- who may


VERBS = [
    (platform.organisations, (), {}),
    (platform.organisation, (cast.NORTHLIGHT,), {}),
    (platform.suspend, ("Unpaid.",), {}),
    (platform.lift, (), {}),
    (platform.hold, (), {"is_held": True}),
    (platform.end_sessions, (), {}),
    (platform.extend_trial, ("2030-01-01",), {}),
    (platform.change_tier, ("scale",), {}),
    (platform.override_limit, ("seats", "99"), {}),
]


@pytest.mark.parametrize(
    "who",
    [cast.olivia, cast.adam, cast.mia, cast.victor, cast.rita, cast.northlight, Visitor()],
    ids=lambda who: who.name,
)
@pytest.mark.parametrize(("verb", "args", "named"), VERBS, ids=lambda one: getattr(one, "__name__", ""))
def test_nobody_else_does_any_of_it(petra, who, verb, args, named):
    with pytest.raises(NotAllowed):
        as_(who, verb, *args, **named)
    assert trail() == []


@pytest.mark.parametrize(("verb", "args", "named"), VERBS, ids=lambda one: getattr(one, "__name__", ""))
def test_an_impostor_gets_nothing_from_the_database_itself(petra, verb, args, named):
    """Our own check passes, the gates look themselves."""
    trial()
    impostor = PlatformAdmin(cast.olivia.user_id, cast.NORTHLIGHT, "Olivia")
    with pytest.raises(NotAllowed):
        as_(impostor, verb, *args, **named)
    assert trail() == []
    with unit_of_work(impostor) as work:
        for gate in (
            "gate_platform_find('', NULL, 9)", f"gate_platform_organisations(ARRAY['{cast.NORTHLIGHT}'::uuid], now())",
            "gate_platform_end_sessions('x')",
        ):  # fmt: skip
            assert work.db.execute(text(f"SELECT * FROM {gate}")).all() == [], gate
        for gate in ("suspend('x')", "hold(true)", "limit('seats', '9')"):
            assert work.db.scalar(text(f"SELECT gate_platform_{gate}")) is False, gate
    for member in (
        cast.olivia,
        cast.rita,
    ):  # an owner, and an admin's own session without the platform's word
        with unit_of_work(member) as work:
            assert work.db.scalar(text("SELECT gate_platform_suspend('x')")) is False


def test_an_organisation_that_is_none_does_not_exist(petra):
    with pytest.raises(NotFound):
        as_(petra, platform.organisation, uuid4())
    for org_id in (uuid4(), None):
        with pytest.raises(NotFound):
            as_(dataclasses.replace(petra, org_id=org_id), platform.suspend, "Unpaid.")


# -- no document content


def test_an_admins_own_session_reads_no_row_that_people_wrote(petra):
    """Of no table of the organisation they act for, but its plan; by column, by count, or through another role's eyes."""
    trial()
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work, title=SECRET)
        builders.an_attempt(
            work, builders.a_draft_job(work, builders.a_document(work, title=SECRET, brief={"scope": SECRET}))
        )
        builders.a_comment(work, document.id)
        builders.a_notification(work, document_id=document.id)
        builders.a_lead(work)
        builders.opened(work, builders.an_invoice(work, document))
        work.record("document:look", "document", document.id, document_id=document.id)
    with unit_of_work(petra) as work:
        tables = sorted(set(SQLModel.metadata.tables) - {"user_credential"})
        readable = {}
        for table in tables:
            with work.db.begin_nested() as attempt:
                try:
                    readable[table] = work.db.scalar(text(f"SELECT count(*) FROM {table}"))
                except ProgrammingError:  # no right to read the table at all
                    attempt.rollback()
        assert {table for table, rows in readable.items() if rows} == {"subscription"}
        for statement in (
            "UPDATE document SET title = 'x'",
            "UPDATE org SET name = 'x'",
            "UPDATE membership SET role = 'viewer'",
        ):
            assert work.db.execute(text(statement)).rowcount == 0


def test_every_table_is_closed_to_the_platform_or_says_why_not():
    query = """
        SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.policyname = 'platform'
                              AND p.permissive = 'RESTRICTIVE' AND p.qual = '(NOT app_is_platform())')"""
    with engine().connect() as connection:
        open_to_it = {"subscription", "alembic_version"}
        unread = {"search_entry"}  # but by gate_search, which answers a platform admin nothing
        assert set(connection.execute(text(query)).scalars()) == open_to_it | unread


def test_pages_hold_counts_and_no_word_of_a_document(petra):
    trial()
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work, title=SECRET, brief={"scope": SECRET})
        job = builders.a_draft_job(work, document)
        builders.an_attempt(work, job)
        fruitless = builders.a_draft_job(work, builders.a_document(work))
        work.db.flush()
        fruitless.status = "cancelled"
    page = seen(petra)
    assert [(row.key, row.used, row.limit) for row in page.limits] == [
        ("seats", "4", "10"), ("drafts", "1", "200"), ("drafts_at_once", "", "5"), ("documents", "2", "500"),
    ]  # fmt: skip
    assert (page.owner, page.owner_email, page.state, page.tier) == (
        "Olivia Owner", cast.email_of(cast.olivia), "trialing", "Growth",
    )  # fmt: skip
    listed = as_(petra, platform.organisations)
    assert (listed.rows[0].name, listed.rows[0].seats, listed.rows[0].documents) == (
        "Northlight",
        "4 of 10",
        "2 of 500",
    )
    assert SECRET not in json.dumps(dataclasses.asdict(page)) + json.dumps(dataclasses.asdict(listed))


# -- search


def test_words_are_found_by_their_beginnings_and_members_by_their_address(petra):
    assert names(petra) == ["Northlight", "Redshift"]
    assert names(petra, "north") == ["Northlight"]
    assert names(petra, " NORTHLIGHT ") == ["Northlight"]
    assert names(petra, "light") == []
    assert names(petra, cast.email_of(cast.mia).upper()) == ["Northlight"]
    assert names(petra, "nobody@northlight.test") == []


@pytest.mark.parametrize(
    "words", ["'", "a' | 'b", "!!!", "north:*", "& | !", "\\", "north'light", "%", "x" * 5000, "日本"]
)
def test_what_is_no_word_finds_nothing_and_breaks_nothing(petra, words):
    assert names(petra, words) in ([], ["Northlight"])


def fill(database, count: int) -> None:
    with database.admin() as admin:
        admin.execute(
            "INSERT INTO org (slug, name) SELECT 'studio-' || n, 'Studio ' || lpad(n::text, 5, '0') || ' Design' FROM generate_series(1, %s) n",
            [count],
        )
        admin.execute("ANALYZE org")


def test_pages_follow_each_other_without_gap_or_repetition(petra, database):
    fill(database, 120)
    page, found = as_(petra, platform.organisations), []
    while True:
        found += [row.name for row in page.rows]
        if not page.after:
            break
        page = as_(petra, platform.organisations, "", page.after)
    assert found == sorted(found, key=str.lower)
    assert len(found) == len(set(found)) == 122
    first = as_(petra, platform.organisations, "studio des")
    assert len(first.rows) == 50
    assert len(as_(petra, platform.organisations, "studio des", first.after).rows) == 50
    with pytest.raises(Invalid):
        as_(petra, platform.organisations, "", "not-an-id")


@pytest.mark.parametrize(("words", "index"), [("", "ix_org_by_name"), ("00777", "ix_org_words")])
def test_a_search_of_many_uses_its_index(petra, database, words, index):
    fill(database, 3000)
    usage = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %s"
    with database.admin() as admin:
        before = admin.execute(usage, [index]).fetchone()[0]
    with unit_of_work(petra) as work:
        assert platform.organisations(work, words).rows
        work.db.execute(text("SELECT pg_stat_force_next_flush()"))
    with database.admin() as admin:
        assert admin.execute(usage, [index]).fetchone()[0] > before


# -- suspending


async def test_members_of_a_suspended_organisation_read_why_and_do_nothing(petra, redis):
    _, session = await MEMBERS.begin(str(cast.mia.user_id), {"org": str(cast.NORTHLIGHT)})
    assert (await read_member(session, Visitor())).name == "Mia Member"
    as_(petra, platform.suspend, "  The last two invoices are unpaid. ")
    with pytest.raises(Suspended, match=r"Northlight is suspended\. The last two invoices are unpaid\."):
        await read_member(session, Visitor())
    assert await MEMBERS.check(session.family), "the session goes on, to read why"
    page = seen(petra)
    assert (page.is_suspended, page.state, page.reason) == (
        True,
        "suspended",
        "The last two invoices are unpaid.",
    )
    as_(petra, platform.lift)
    assert (await read_member(session, Visitor())).name == "Mia Member"
    assert not seen(petra).is_suspended


async def test_an_admin_whose_own_agency_is_suspended_can_still_lift_it(petra, redis):
    as_(dataclasses.replace(petra, org_id=cast.REDSHIFT), platform.suspend, "A mistake.")
    enrol(cast.rita)
    facts = {"org": str(cast.REDSHIFT), FACTOR: "app"}
    _, session = await MEMBERS.begin(str(cast.rita.user_id), facts)
    assert (await read_admin(session, Visitor())).user_id == cast.rita.user_id


def test_suspending_stands_in_the_trail_and_in_a_mail_to_the_owner_once(petra):
    for _ in range(2):
        as_(petra, platform.suspend, "Unpaid.")
    for _ in range(2):
        as_(petra, platform.lift)
    assert [(e.action, e.actor_id, e.data.get("reason")) for e in trail()] == [
        ("platform:suspend", petra.user_id, "Unpaid."),
        ("platform:lift", petra.user_id, None),
    ]
    with unit_of_work(cast.olivia) as work:
        said = [(e.who, e.what, e.note) for day in audit.page(work, audit.Wanted()).days for e in day.events]
        mails = [
            (n.kind, n.recipient)
            for n in work.db.exec(select(Notification).order_by(Notification.created_at))
        ]
    assert said[-1] == ("Petra of ContractFlow", "suspended the organisation", "Unpaid.")
    assert mails == [
        ("org_suspended", cast.email_of(cast.olivia)),
        ("org_lifted", cast.email_of(cast.olivia)),
    ]


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "x" * 501])
def test_without_a_sentence_nothing_is_suspended(petra, reason):
    with pytest.raises(Invalid) as refused:
        as_(petra, platform.suspend, reason)
    assert refused.value.field == "reason"
    assert not seen(petra).is_suspended


def test_clients_of_a_suspended_organisation_read_and_sign_what_was_sent(petra):
    clara = signer_of(sent())
    as_(petra, platform.suspend, "Unpaid.")
    with unit_of_work(cast.northlight) as work:
        hashed = work.db.scalar(text("SELECT token_hmac FROM signer WHERE id = :id"), {"id": clara.signer_id})
    target = as_(Visitor(), look_up, LinkKind.SIGNING, bytes(hashed))
    assert target is not None
    assert target.document_id == clara.document_id
    assert as_(clara, portal.one).step == "consent"
    _sign(clara)
    assert as_(clara, portal.one).status == "signed"


def _sign(clara: SignerActor) -> None:
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    assert as_(clara, portal.verify_code, mailed_code(clara))
    as_(clara, portal.sign, kind="typed", typed_name="Clara Client", agreed_intent=True)


def test_clients_of_a_suspended_organisation_pay(petra):
    clara = signer_of(sent())
    _sign(clara)
    as_(petra, platform.suspend, "Unpaid.")
    with unit_of_work(cast.northlight) as work:
        number, token = work.db.execute(
            text("SELECT id, pay_token_hmac FROM invoice WHERE status = 'open' LIMIT 1")
        ).one()
    assert as_(Visitor(), look_up, LinkKind.INVOICE, bytes(token)) is not None
    as_(clara, payments.report_transfer, number, "Sent today.")
    with unit_of_work(cast.northlight) as work:
        assert work.db.scalar(text("SELECT count(*) FROM payment WHERE status = 'pending'")) == 1


# -- the rest


async def _open_session(person) -> str:
    _, session = await MEMBERS.begin(str(person.user_id), {"org": str(person.org_id)})
    with unit_of_work(Visitor()) as work:
        accounts.session_opened(work, UUID(session.family), person.user_id, person.org_id)
    return session.family


async def test_all_sessions_of_one_organisation_end_and_of_no_other(petra, redis):
    mias, olivias, ritas = [await _open_session(person) for person in (cast.mia, cast.olivia, cast.rita)]
    assert seen(petra).sessions == "2"
    assert as_(petra, platform.end_sessions) == 2
    assert [await MEMBERS.check(family) is not None for family in (mias, olivias, ritas)] == [
        False,
        False,
        True,
    ]
    assert as_(petra, platform.end_sessions) == 0
    assert [(e.action, e.data["sessions"]) for e in trail()] == [("platform:end_sessions", 2)]
    assert as_(Visitor(), sessions.ended_among, [UUID(mias), UUID(ritas)]) == [UUID(mias)]


def test_a_trial_is_extended_to_a_day_and_twice_is_once(petra):
    trial()
    until = f"{_today(petra) + timedelta(days=20):%Y-%m-%d}"
    for _ in range(2):
        as_(petra, platform.extend_trial, until)
    assert seen(petra).trial_until == until
    assert [e.action for e in trail()] == ["platform:extend_trial"]
    for wrong in ("soon", "", "2020-01-01", f"{_today(petra):%Y-%m-%d}", "2999-01-01"):
        with pytest.raises(Invalid) as refused:
            as_(petra, platform.extend_trial, wrong)
        assert refused.value.field == "until"


def test_a_trial_that_has_ended_is_opened_again(petra):
    """It only read; from the next click on its people work again, and a second time changes nothing."""
    trial(status="read_only", trial_ends_at=_today(petra) - timedelta(days=3))

    def is_unpaid():
        with unit_of_work(Visitor()) as work:
            return sessions.place(work, cast.mia.user_id, cast.NORTHLIGHT, uuid4()).is_unpaid

    assert is_unpaid()
    for nobody in (cast.olivia, cast.northlight):
        with pytest.raises(NotAllowed):
            as_(nobody, platform.extend_trial, "2030-01-01")
    until = f"{_today(petra) + timedelta(days=14):%Y-%m-%d}"
    for _ in range(2):
        as_(petra, platform.extend_trial, until)
    assert not is_unpaid()
    assert (seen(petra).state, seen(petra).trial_until) == ("trialing", until)
    assert [event.action for event in trail()] == ["subscription:extend", "platform:extend_trial"]


def _today(petra):
    with unit_of_work(petra) as work:
        return work.now


@pytest.mark.parametrize("status", [None, "active", "past_due"])
def test_what_is_no_trial_is_not_extended(petra, status):
    if status:
        trial(status=status)
    with pytest.raises(IllegalMove, match="no trial"):
        as_(petra, platform.extend_trial, "2030-01-01")


def test_the_plan_changes_by_hand_also_where_there_is_none(petra):
    for _ in range(2):
        as_(petra, platform.change_tier, "scale")
    assert (seen(petra).tier, seen(petra).state) == ("Scale", "active")
    assert [(e.action, e.data["changes"]) for e in trail()] == [
        ("platform:change_tier", {"tier": [None, "scale"]})
    ]
    as_(petra, platform.change_tier, "starter")
    assert as_(cast.olivia, limits.use_of, "seats").limit == 3
    with pytest.raises(Invalid):
        as_(petra, platform.change_tier, "platinum")


def test_a_limit_of_its_own_holds_until_it_is_taken_back(petra):
    trial(tier="starter", seats=3)
    with pytest.raises(LimitReached):
        as_(cast.olivia, limits.require_room, "seats")
    for _ in range(2):
        as_(petra, platform.override_limit, "seats", "1,200")
    as_(cast.olivia, limits.require_room, "seats")
    assert next(row for row in seen(petra).limits if row.key == "seats") == platform.LimitRow(
        "seats", "Seats", "4", "1,200", "3", "1200"
    )
    as_(petra, platform.override_limit, "documents", "Unlimited")
    assert as_(cast.olivia, limits.use_of, "documents").limit is None
    as_(petra, platform.override_limit, "seats", "")
    assert as_(cast.olivia, limits.use_of, "seats").limit == 3
    assert [e.data["changes"] for e in trail()] == [
        {"seats": [3, 1200]},
        {"documents": [25, None]},
        {"seats": [1200, 3]},
    ]
    with unit_of_work(cast.olivia) as work:
        kept = work.db.scalar(text("SELECT settings FROM org"))
    assert kept["limits"] == {"documents": None}


@pytest.mark.parametrize(
    ("name", "limit"),
    [("seats", "many"), ("seats", "-1"), ("seats", "1.5"), ("seats", "99999999"), ("price", "1")],
)
def test_what_is_no_limit_is_said_beside_its_field(petra, name, limit):
    with pytest.raises(Invalid) as refused:
        as_(petra, platform.override_limit, name, limit)
    assert refused.value.field == name
    assert trail() == []


def test_a_legal_hold_is_set_and_released_before_the_owners_eyes(petra):
    for is_held in (True, True, False, False):
        as_(petra, platform.hold, is_held=is_held)
        assert seen(petra).is_held is is_held
    assert [e.action for e in trail()] == ["platform:hold", "platform:release"]
