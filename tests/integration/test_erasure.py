"""Thirty days later: what goes, what the law keeps, what a hold keeps, and nothing before its time."""

import hashlib
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import SQLModel, select

from contractflow.db.engine import engine
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotAllowed
from contractflow.jobs import orgs as jobs
from contractflow.models import Artifact, Membership, Notification, Org
from contractflow.permissions import Role, System, Visitor
from contractflow.services import accounts, audit, orgs, portal_links, verification
from contractflow.services.portal_links import LinkKind
from contractflow.workflows.membership import MembershipStatus
from tests import builders, cast
from tests.integration.journey import as_

pytestmark = pytest.mark.usefixtures("database", "redis_url")

# A table is in one of the two: whoever adds one decides, and adds it to gate_erase_org.
KEPT = {
    "org", "membership", "app_user", "user_credential", "subscription", "audit_event", "audit_head", "signature", "payment",
    "document", "document_version", "signer", "approval", "artifact", "invoice", "client", "contact",
    "approval_round",
}  # fmt: skip
ERASED = {
    "auth_session", "one_time_token", "ownership_offer", "template", "lead", "project", "comment", "draft_job",
    "draft_attempt", "notification", "webhook_event", "endpoint", "delivery", "delivery_attempt", "bounce",
    "approval_policy", "search_entry",
}  # fmt: skip


@pytest.fixture
def agency(database):
    """Northlight with a signed and invoiced document, a draft, one that waits for a signature, and all around them."""
    ids = {}
    for actor, name in ((cast.northlight, "north"), (cast.redshift, "red")):
        with unit_of_work(actor) as work:
            owner = cast.olivia if actor is cast.northlight else cast.rita
            signed, _ = builders.a_signed_document(work, verify_code=f"{name}CODE")
            invoice = builders.opened(work, builders.an_invoice(work, signed))
            builders.an_invoice(work, signed)
            builders.a_payment(work, invoice, 10)
            builders.a_comment(work, signed.id, member_id=owner.membership_id)
            draft = builders.a_document(work, owner=owner)
            builders.a_version(work, draft)
            builders.an_attempt(work, builders.a_draft_job(work, draft))
            builders.a_lead(work)
            builders.a_token(work, "invite", email="guest@new.test", role=Role.MEMBER)
            waiting, signer = builders.a_sent_document(work, owner=owner)
            picture = b"<svg/>"
            work.db.add(
                Artifact(
                    org_id=actor.org_id, kind="logo", filename="logo.svg", mime="image/svg+xml", size_bytes=6,
                    content=picture, sha256=hashlib.sha256(picture).digest(),
                )
            )  # fmt: skip
            accounts.session_opened(work, uuid4(), owner.user_id, actor.org_id)
            ids[actor.org_id] = (signed.id, draft.id, waiting.id, signer)
    return ids


def ask_for_it(days_ago: float = 31) -> None:
    as_(cast.olivia, orgs.request_deletion, "Northlight")

    def earlier(work):
        work.db.get_one(Org, cast.NORTHLIGHT).deletion_requested_at = work.now - timedelta(days=days_ago)

    as_(cast.northlight, earlier)


def due() -> list:
    with unit_of_work(Visitor(), role=DbRole.WORKER) as work:
        return list(work.db.execute(text("SELECT org_id FROM gate_due_erasures(10)")).scalars())


def worker(verb, *args, org=cast.NORTHLIGHT):
    with unit_of_work(System(org, "scheduler"), role=DbRole.WORKER) as work:
        return verb(work, *args)


def deliver() -> None:
    """Every mail is out."""
    as_(
        cast.northlight,
        lambda work: work.db.execute(
            text("UPDATE notification SET status = 'sent', sent_at = now() WHERE channel = 'email'")
        ),
    )


def rows(table: str, org_id) -> int:
    column = "id" if table == "org" else "org_id"
    with engine(DbRole.OWNER).connect() as connection:
        found = connection.execute(
            text(f"SELECT count(*) FROM {table} WHERE {column} = :org"), {"org": org_id}
        )
        return found.scalar_one()


def erase_now() -> None:
    """As the scheduler would, sweep by sweep."""
    ask_for_it()
    deliver()
    assert worker(orgs.erase) is False  # tells who was still to sign
    deliver()
    assert worker(orgs.erase) is True


def test_every_table_is_decided_about():
    with_org = {
        name for name, table in SQLModel.metadata.tables.items() if "org_id" in table.columns or name == "org"
    }
    assert with_org <= KEPT | ERASED, "say whether erasing an organisation keeps it"


def test_nothing_is_due_before_its_time(agency):
    assert due() == []
    ask_for_it(days_ago=29.9)
    assert due() == []
    assert worker(orgs.erase) is False
    ask_for_it(days_ago=30)
    assert due() == [cast.NORTHLIGHT]


def test_the_database_erases_nothing_before_its_time_and_for_nobody_else(agency):
    ask_for_it(days_ago=29)
    call = text("SELECT gate_erase_org(:org)")
    with pytest.raises(IntegrityError, match="not to be erased"):
        worker(lambda work: work.db.execute(call, {"org": cast.NORTHLIGHT}))
    ask_for_it()
    with pytest.raises(IntegrityError, match="not to be erased"):
        worker(lambda work: work.db.execute(call, {"org": cast.NORTHLIGHT}), org=cast.REDSHIFT)
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_(cast.olivia, lambda work: work.db.execute(call, {"org": cast.NORTHLIGHT}))
    assert rows("document", cast.NORTHLIGHT) == 3


@pytest.mark.parametrize("actor", [cast.olivia, cast.rita, Visitor()], ids=lambda who: who.name)
def test_only_our_own_worker_erases(actor):
    with pytest.raises(NotAllowed):
        as_(actor, orgs.erase)


def test_what_goes_and_what_stays(agency):
    signed, *_ = agency[cast.NORTHLIGHT]
    before = {
        table: rows(table, cast.REDSHIFT)
        for table in KEPT | ERASED
        if table not in {"app_user", "user_credential"}
    }
    erase_now()
    for table in ERASED:
        assert rows(table, cast.NORTHLIGHT) == 0, table
    documents = as_(
        cast.northlight, lambda work: work.db.execute(text("SELECT id FROM document")).scalars().all()
    )
    assert documents == [signed]
    assert (
        rows("signature", cast.NORTHLIGHT),
        rows("invoice", cast.NORTHLIGHT),
        rows("payment", cast.NORTHLIGHT),
    ) == (1, 1, 1)
    assert (rows("client", cast.NORTHLIGHT), rows("artifact", cast.NORTHLIGHT)) == (1, 0)
    org = as_(cast.northlight, lambda work: work.db.get_one(Org, cast.NORTHLIGHT))
    assert (org.name, org.settings, org.brand) == ("Northlight", {}, {})
    assert org.slug.startswith("erased-")
    assert org.deleted_at
    people = as_(cast.northlight, lambda work: work.db.exec(select(Membership.status)).all())
    assert set(people) == {MembershipStatus.REMOVED}
    assert {table: rows(table, cast.REDSHIFT) for table in before} == before
    with engine(DbRole.OWNER).connect() as connection:
        left = connection.execute(
            text("SELECT canonical FROM audit_event WHERE action = 'org:erase'")
        ).scalar_one()
    assert json.loads(left)["data"] == {"documents_erased": 2, "documents_kept": 1}
    assert as_(cast.northlight, audit.verify).ok
    assert worker(orgs.erase) is False
    assert due() == []


def test_nobody_gets_in_any_more_and_the_signature_can_still_be_verified(agency):
    erase_now()
    with unit_of_work(Visitor()) as work:
        assert accounts.membership(work, cast.olivia.user_id, cast.NORTHLIGHT) is None
        org_id, _ = verification.find(work, "northCODE")
    assert org_id == cast.NORTHLIGHT
    with unit_of_work(Visitor()) as work:
        assert accounts.membership(work, cast.rita.user_id, cast.REDSHIFT)


def test_who_was_still_to_sign_is_told_first_and_the_mail_goes_out(agency):
    ask_for_it()
    deliver()
    assert worker(orgs.erase) is False
    query = select(Notification).where(Notification.kind == "voided")
    (mail,) = as_(cast.northlight, lambda work: work.db.exec(query).all())
    assert mail.payload["reason"] == "Northlight has closed its account."
    assert worker(orgs.erase) is False  # the mail is not out yet
    assert rows("document", cast.NORTHLIGHT) == 3


def test_a_hold_keeps_everything_and_every_member_reads_it(agency, database):
    ask_for_it()
    deliver()
    put_on_hold(database, is_held=True)
    assert due() == []
    assert worker(orgs.erase) is False
    with pytest.raises(IntegrityError, match="not to be erased"):
        worker(lambda work: work.db.execute(text("SELECT gate_erase_org(:org)"), {"org": cast.NORTHLIGHT}))
    assert as_(cast.mia, orgs.organisation).is_on_hold
    put_on_hold(database, is_held=False)
    assert due() == [cast.NORTHLIGHT]


def put_on_hold(database, *, is_held: bool) -> None:
    """How a platform admin does it, tests/integration/test_platform_organisations.py shows."""
    with database.admin() as admin:
        admin.execute("UPDATE org SET legal_hold = %s WHERE id = %s", (is_held, cast.NORTHLIGHT))


def test_kept_in_time_nothing_happens(agency):
    ask_for_it()
    as_(cast.olivia, orgs.undo_deletion)
    assert due() == []
    jobs.erase(str(cast.NORTHLIGHT))
    assert rows("document", cast.NORTHLIGHT) == 3


def test_a_link_to_a_signed_document_still_opens_it(agency):
    _, _, _, signer = agency[cast.NORTHLIGHT]
    signed, *_ = agency[cast.NORTHLIGHT]
    hashed = as_(cast.northlight, lambda work: builders.signer_of(work, signed).token_hmac)
    erase_now()
    with unit_of_work(Visitor()) as work:
        assert portal_links.look_up(work, LinkKind.SIGNING, hashed)
        gone = portal_links.look_up(work, LinkKind.SIGNING, signer.token_hmac)
    assert gone is None
