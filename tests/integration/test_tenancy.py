"""Somebody of another agency reaches nothing: by id, by list, by reference, by raw SQL without a WHERE clause."""

import random
from datetime import UTC, datetime
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import Session, SQLModel, select

from contractflow.db.engine import engine, options
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Client, Contact, Document, Notification, OneTimeToken, WebhookEvent
from contractflow.permissions import Signer, Visitor
from tests import builders, cast

ROLES = [DbRole.APP, DbRole.WORKER]
OF_PEOPLE = {"user_credential", "passkey", "trusted_device"}
"""They belong to no organisation; tenancy/test_sql.py attacks them."""
OF_GATES = {"search_entry"}
TABLES = sorted(set(SQLModel.metadata.tables) - OF_PEOPLE - OF_GATES)


@pytest.fixture
def agencies(database):
    """Something in (nearly) every table of both agencies; the ids of Northlight's document, signer and invoice."""
    ids = {}
    for actor in (cast.northlight, cast.redshift):
        with unit_of_work(actor) as work:
            document, signer = builders.a_signed_document(work)
            invoice = builders.opened(work, builders.an_invoice(work, document))
            builders.a_payment(work, invoice, 10)
            builders.an_attempt(work, builders.a_draft_job(work, builders.a_document(work)))
            reviewed = builders.a_document(work)
            builders.a_version(work, reviewed)
            if actor is cast.northlight:
                builders.an_approval(work, reviewed)
            builders.a_notification(work, document_id=document.id)
            work.record("document:look", "document", document.id, document_id=document.id)
            ids[actor.org_id] = (document.id, signer.id, invoice.id)
    return ids


def visible(role, actor, table):
    column = {"org": "id", "app_user": "id", "user_credential": "user_id"}.get(table, "org_id")
    with unit_of_work(actor, role=role) as work:
        return set(work.db.execute(text(f"SELECT {column} FROM {table}")).scalars())


def test_the_roles_are_harmless(database):
    for role in ROLES:
        with engine(role).connect() as connection:
            assert connection.execute(
                text("SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
            ).scalar() is False  # fmt: skip
            owned = text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
            assert connection.execute(owned).scalar() == 0


@pytest.mark.parametrize("role", ROLES)
def test_a_select_without_where_sees_one_organisation(agencies, role):
    for actor in (cast.northlight, cast.redshift):
        for table in TABLES:
            seen = visible(role, actor, table)
            if table == "app_user":
                others = (
                    {cast.rita.user_id}
                    if actor is cast.northlight
                    else {cast.olivia.user_id, cast.mia.user_id}
                )
                assert seen
                assert not seen & others
            else:
                assert seen <= {actor.org_id}, table


@pytest.mark.parametrize("role", ROLES)
def test_without_an_organisation_every_table_is_empty(agencies, role):
    for table in TABLES:
        assert visible(role, Visitor(), table) == set(), table


@pytest.mark.parametrize("role", ROLES)
def test_no_role_of_the_app_reads_a_password(agencies, role):
    with pytest.raises(ProgrammingError, match="permission denied"):
        visible(role, cast.northlight, "user_credential")


def test_operators_read_states_and_never_what_a_document_says(agencies):
    with engine(DbRole.OPS).connect() as connection:
        assert len(connection.execute(text("SELECT DISTINCT org_id FROM document")).all()) == 2
        for table in (
            "document_version",
            "comment",
            "signature",
            "one_time_token",
            "user_credential",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"SELECT count(*) FROM {table}"))
            connection.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("SELECT content FROM artifact"))  # its seal says which head it carries
        connection.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("UPDATE org SET name = 'x'"))


@pytest.mark.parametrize("role", ROLES)
def test_an_update_without_where_touches_one_organisation(agencies, role):
    with unit_of_work(cast.redshift, role=role) as work:
        work.db.execute(text("UPDATE client SET notes = 'ours'"))
    with unit_of_work(cast.northlight) as work:
        assert work.db.execute(text("SELECT count(*) FROM client WHERE notes = 'ours'")).scalar() == 0


@pytest.mark.parametrize("role", ROLES)
def test_nobody_deletes_anything(agencies, role):
    for table in TABLES:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            unit_of_work(cast.northlight, role=role) as work,
        ):
            work.db.execute(text(f"DELETE FROM {table}"))


def test_another_organisations_row_is_not_there_by_id(agencies):
    document_id, _, _ = agencies[cast.NORTHLIGHT]
    with unit_of_work(cast.rita) as work:
        assert work.db.get(Document, document_id) is None
        assert (
            work.db.execute(
                text("UPDATE document SET title = 'x' WHERE id = :id"), {"id": document_id}
            ).rowcount
            == 0
        )


def test_a_row_cannot_be_given_to_another_organisation(agencies):
    with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work(cast.rita) as work:
        work.db.add(Client(org_id=cast.NORTHLIGHT, name="planted", currency="EUR"))
    with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work(cast.rita) as work:
        work.db.execute(text("UPDATE client SET org_id = :org"), {"org": cast.NORTHLIGHT})


def test_a_row_cannot_refer_to_another_organisations_row(agencies):
    with unit_of_work(cast.mia) as work:
        theirs = work.db.exec(select(Client)).first()
    with pytest.raises(IntegrityError, match="fk_contact_org_id_client_id"), unit_of_work(cast.rita) as work:
        work.db.add(Contact(org_id=cast.REDSHIFT, client_id=theirs.id, name="x", email="x@x.test"))


def test_the_trails_head_and_the_invoice_counter_are_out_of_reach(agencies):
    for statement in (
        "UPDATE audit_head SET seq = 0",
        "UPDATE org SET invoice_seq = 0",
        "INSERT INTO audit_event SELECT * FROM audit_event",
        "UPDATE org SET legal_hold = true",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), unit_of_work(cast.olivia) as work:
            work.db.execute(text(statement))


def test_people_change_themselves_and_nobody_else(agencies):
    with unit_of_work(cast.mia) as work:
        assert work.db.execute(text("UPDATE app_user SET name = 'Mia M.'")).rowcount == 1
    with pytest.raises(ProgrammingError, match="permission denied"), unit_of_work(cast.mia) as work:
        work.db.execute(text("UPDATE app_user SET is_platform_admin = true"))


def test_the_web_leaves_a_webhook_and_only_a_worker_opens_it(agencies):
    event = WebhookEvent(
        provider="paddle",
        event_id="evt_1",
        event_type="transaction.paid",
        occurred_at=datetime.now(UTC),
        payload={"secret": "of somebody"},
        payload_sha256=b"\0" * 32,
    )
    with unit_of_work(Visitor()) as work:
        work.db.add(event)
    with unit_of_work(cast.northlight) as work:
        assert work.db.exec(select(WebhookEvent)).all() == []
    with unit_of_work(Visitor(), role=DbRole.WORKER) as work:
        assert work.db.exec(select(WebhookEvent.event_id)).all() == ["evt_1"]
    with (
        pytest.raises(IntegrityError, match="uq_webhook_event_provider_event_id"),
        unit_of_work(Visitor()) as work,
    ):
        work.db.execute(text(
            "INSERT INTO webhook_event (provider, event_id, event_type, occurred_at, payload, payload_sha256)"
            " VALUES ('paddle', 'evt_1', 'x', now(), '{}', sha256('x'))"
        ))  # fmt: skip


def test_a_signer_sees_one_document_and_what_belongs_to_it(agencies):
    document_id, signer_id, invoice_id = agencies[cast.NORTHLIGHT]
    clara = Signer(cast.NORTHLIGHT, document_id, signer_id, "Clara Client")
    with unit_of_work(cast.northlight) as work:
        builders.a_comment(work, document_id, visibility="internal")
        builders.a_comment(work, document_id, visibility="shared")
        builders.a_signed_document(work)
        builders.a_lead(work)
    expected = {"document": 1, "document_version": 1, "signer": 1, "signature": 1, "invoice": 1, "payment": 1,
                "comment": 1, "audit_event": 1, "notification": 1, "client": 1, "contact": 1, "one_time_token": 1,
                "org": 1, "draft_job": 0, "approval": 0, "template": 0, "lead": 0, "project": 0}  # fmt: skip
    with unit_of_work(clara) as work:
        seen = {t: work.db.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in expected}
        assert seen == expected
        assert work.db.execute(text("SELECT id FROM invoice")).scalar() == invoice_id
        assert work.db.execute(text("UPDATE document SET locale = 'de'")).rowcount == 1


def test_a_signer_reads_the_sent_version_only(database):
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_sent_document(work)
        document.status, document.sent_version_id = "draft", None
        work.db.flush()
        builders.a_version(work, document)
    with unit_of_work(Signer(cast.NORTHLIGHT, document.id, signer.id, "Clara")) as work:
        assert work.db.execute(text("SELECT count(*) FROM document_version")).scalar() == 0


def test_a_signer_leaves_nothing_elsewhere(agencies):
    document_id, signer_id, _ = agencies[cast.NORTHLIGHT]
    with unit_of_work(cast.northlight) as work:
        other, _ = builders.a_sent_document(work)
    clara = Signer(cast.NORTHLIGHT, document_id, signer_id, "Clara Client")
    for planted in (
        Notification(org_id=cast.NORTHLIGHT, kind="x", recipient="x@x.test", payload={}, dedupe_key="k", document_id=other.id),
        OneTimeToken(org_id=cast.NORTHLIGHT, purpose="signing_otp", email="x@x.test", subject_id=uuid4(),
                     token_hmac=b"\1" * 32, expires_at=other.expires_at),
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work(clara) as work:
            work.db.add(planted)


def test_a_signer_of_another_organisation_sees_nothing(agencies):
    document_id, signer_id, _ = agencies[cast.NORTHLIGHT]
    forged = Signer(cast.REDSHIFT, document_id, signer_id, "Mallory")
    with unit_of_work(forged) as work:
        for table in ("document", "document_version", "signer", "invoice", "client", "signature"):
            assert work.db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_concurrent_organisations_never_mix(agencies, postgres):
    """Eight threads, three connections, a third of the transactions rolled back."""
    pool = create_engine(
        postgres.url,
        connect_args={"options": options(DbRole.APP)},
        pool_size=3,
        max_overflow=0,
        pool_timeout=30,
    )
    mixed = []

    def work(seed):
        dice = random.Random(seed)
        for _ in range(60):
            actor = dice.choice([cast.northlight, cast.redshift])
            with Session(pool, info={"actor": actor}) as db:
                if set(db.execute(text("SELECT org_id FROM document")).scalars()) != {actor.org_id}:
                    mixed.append(actor)
                if dice.random() < 0.3:
                    db.rollback()

    threads = [Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.dispose()
    assert mixed == []
