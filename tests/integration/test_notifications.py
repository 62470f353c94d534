"""A mail is queued with what happened, goes out once, and comes back when the server was away."""

from uuid import UUID, uuid4

import pytest
from psycopg.rows import dict_row
from rq import Queue
from sqlalchemy import text

from contractflow import config
from contractflow.broker.connections import queue_redis
from contractflow.db import trail
from contractflow.db.engine import engine, use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.jobs import mail, schedule
from contractflow.models.columns import uuid7
from contractflow.permissions import Role, Signer, System
from contractflow.security.links import one_time_code
from contractflow.services import accounts, audit, invitations, links, notifications
from tests import builders, cast
from tests.conftest import Database
from tests.sandbox import Sandbox, free_port

CLARA = cast.clara.email
INVOICE = {
    "name": "Clara",
    "org": "Northlight",
    "number": "INV-000001",
    "label": "Deposit",
    "total": "€1",
    "due": "",
}


@pytest.fixture(autouse=True)
def _worker(database: Database, redis_url: str, sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    use_role(DbRole.WORKER)
    monkeypatch.setenv("CONTRACTFLOW_SMTP_URL", sandbox.smtp_url)
    monkeypatch.setenv("CONTRACTFLOW_BASE_URL", "http://flow.test")
    config.settings.cache_clear()


def queue(
    kind="invoice", *, recipient=CLARA, dedupe_key="once", actor=cast.northlight, and_then=int, **facts
):
    with unit_of_work(actor) as work:
        notifications.queue(work, kind, recipient=recipient, dedupe_key=dedupe_key, **facts)
        and_then()


def rows(database):
    with database.admin() as admin:
        admin.row_factory = dict_row
        return admin.execute("SELECT * FROM notification ORDER BY channel, id").fetchall()


def deliver_all(database):
    for row in rows(database):
        mail.deliver(str(row["org_id"]), str(row["id"]))


def sweep():
    with engine().connect() as connection:
        schedule.sweep(connection)


def make_due(database):
    with database.admin() as admin:
        admin.execute("UPDATE notification SET next_attempt_at = now() - interval '1 second'")


def test_a_mail_goes_out_once_with_a_link_that_is_stored_nowhere(database, sandbox):
    invoice_id = uuid7()
    queue(**INVOICE, invoice_id=invoice_id)
    deliver_all(database)
    deliver_all(database)
    (sent,) = sandbox.mail(CLARA)
    assert sent["links"] == [links.invoice_url(invoice_id)]
    assert sent["sender"] == "Northlight <no-reply@contractflow.test>"
    (row,) = rows(database)
    assert (row["status"], row["attempts"]) == ("sent", 1)
    assert row["provider_ref"].startswith("<")
    assert links.invoice_token(invoice_id) not in str(dict(row))


def test_the_same_news_twice_is_one_mail(database):
    for _ in range(2):
        queue(**INVOICE, invoice_id=uuid7())
    assert len(rows(database)) == 1


def test_what_did_not_happen_is_not_told(database):
    with pytest.raises(ZeroDivisionError):
        queue(**INVOICE, invoice_id=uuid7(), and_then=lambda: 1 / 0)
    assert rows(database) == []
    assert Queue("mail", connection=queue_redis()).count == 0


def test_a_worker_is_woken_and_the_sweep_finds_what_was_lost(database):
    queue(**INVOICE, invoice_id=uuid7())
    waiting = Queue("mail", connection=queue_redis(), serializer="json")
    (row,) = rows(database)
    assert waiting.job_ids == [f"mail-{row['id']}"]
    waiting.empty()
    sweep()
    assert f"mail-{row['id']}" in waiting.job_ids
    deliver_all(database)
    waiting.empty()
    sweep()
    assert f"mail-{row['id']}" not in waiting.job_ids


def test_a_member_gets_a_mail_and_a_line_in_the_feed(database, sandbox):
    facts = {"name": cast.olivia.name, "member": "Adam Admin", "org": "Northlight"}
    queue("joined", recipient="olivia@northlight.test", user_id=cast.olivia.user_id, **facts)
    mailed, shown = rows(database)
    assert (mailed["channel"], mailed["status"]) == ("email", "queued")
    assert (shown["channel"], shown["status"], shown["user_id"]) == ("in_app", "sent", cast.olivia.user_id)
    deliver_all(database)
    assert sandbox.mail("olivia@northlight.test")[0]["links"] == [
        "http://flow.test/home",
        "http://flow.test/settings/notifications",
    ]


def test_a_code_is_derived_when_the_mail_is_written(database, sandbox):
    code_id = uuid7()
    queue("signing_code", name="Clara", title="Website", org="Northlight", code_id=code_id)
    deliver_all(database)
    assert one_time_code(code_id) in sandbox.mail(CLARA)[0]["text"]
    assert one_time_code(code_id) not in str(rows(database))


def test_a_signer_can_have_their_own_code_sent_and_no_other_mail(database):
    clara = Signer(cast.NORTHLIGHT, uuid4(), uuid4(), "Clara")
    with pytest.raises(Exception, match="row-level security"):
        queue(**INVOICE, invoice_id=uuid7(), actor=clara)
    assert rows(database) == []


def test_a_missing_fact_stops_the_verb_that_forgot_it():
    with pytest.raises(TypeError, match="total"):
        queue(
            **{name: fact for name, fact in INVOICE.items() if name != "total"},
            invoice_id=uuid7(),
        )


@pytest.mark.parametrize("fault", ["temporary", "drop"])
def test_a_temporary_refusal_is_tried_again(database, sandbox, fault):
    sandbox.faults(smtp=[fault])
    queue(**INVOICE, invoice_id=uuid7())
    deliver_all(database)
    (row,) = rows(database)
    assert (row["status"], row["attempts"]) == ("queued", 1)
    assert row["error"]
    make_due(database)
    deliver_all(database)
    assert rows(database)[0]["status"] == "sent"
    assert rows(database)[0]["error"] is None
    assert len(sandbox.mail(CLARA)) == 1


def test_a_permanent_refusal_is_not(database, sandbox):
    sandbox.faults(smtp=["permanent"])
    queue(**INVOICE, invoice_id=uuid7())
    deliver_all(database)
    make_due(database)
    deliver_all(database)
    (row,) = [row for row in rows(database) if row["kind"] == "invoice"]
    assert (row["status"], row["attempts"]) == ("bounced", 1)
    assert "550" in row["error"]
    assert sandbox.mail(CLARA) == []


def test_a_server_that_stays_away_is_given_up_after_eight_attempts(database, monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    config.settings.cache_clear()
    queue(**INVOICE, invoice_id=uuid7())
    for _ in range(notifications.MOST_ATTEMPTS + 1):
        make_due(database)
        deliver_all(database)
    (row,) = rows(database)
    assert (row["status"], row["attempts"]) == ("failed", notifications.MOST_ATTEMPTS)


def test_a_claimed_mail_is_nobody_elses_until_the_lease_ends(database):
    queue(**INVOICE, invoice_id=uuid7())
    row_id = rows(database)[0]["id"]
    with unit_of_work(cast.northlight) as first, unit_of_work(cast.northlight) as second:
        assert notifications.claim(first, row_id)
        assert not notifications.claim(second, row_id)
    with unit_of_work(cast.northlight) as third:
        assert not notifications.claim(third, row_id)
    make_due(database)
    with unit_of_work(cast.northlight) as later:
        assert notifications.claim(later, row_id)


def test_another_agency_cannot_send_it(database, sandbox):
    queue(**INVOICE, invoice_id=uuid7())
    mail.deliver(str(cast.REDSHIFT), str(rows(database)[0]["id"]))
    assert sandbox.mail("") == []
    assert rows(database)[0]["attempts"] == 0


def test_an_unknown_id_is_nothing_to_do():
    mail.deliver(str(cast.NORTHLIGHT), str(UUID(int=7)))


def test_people_are_asked_to_confirm_and_inviters_told(database, sandbox):
    nova = System(uuid7(), "sign-up")
    with unit_of_work(nova, role=DbRole.APP) as work:
        nora = accounts.sign_up(work, "Nora New", "nora@nova.test", "hash", "Nova")
    with unit_of_work(nova) as work:
        token = builders.a_token(work, "invite", email="adam@nova.test", role=Role.ADMIN, created_by=nora)
    with unit_of_work(nova, role=DbRole.APP) as work:
        invitations.join(work, token.id, None, "Adam Admin", "hash")
    deliver_all(database)
    joined, confirm = sandbox.mail("nora@nova.test")
    assert (joined["subject"], confirm["subject"]) == (
        "Adam Admin has joined Nova",
        "Confirm your e-mail address",
    )
    assert [row["user_id"] for row in rows(database) if row["channel"] == "in_app"] == [nora]


def test_a_mail_takes_the_head_of_the_trail_out_of_the_house_and_says_the_same_when_tried_again(
    database, sandbox
):
    def what_happened():
        with unit_of_work(cast.mia) as work:
            work.record("client:edit", "client", uuid4())

    what_happened()
    facts = {"name": cast.olivia.name, "member": "Adam Admin", "org": "Northlight"}
    queue("joined", recipient="olivia@northlight.test", user_id=cast.olivia.user_id, **facts)
    sandbox.faults(smtp=["temporary"])
    deliver_all(database)
    with engine().connect() as connection:
        connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(cast.NORTHLIGHT)})
        head = trail.head_of(connection, cast.NORTHLIGHT)
    what_happened()
    make_due(database)
    deliver_all(database)
    (sent,) = sandbox.mail("olivia@northlight.test")
    assert f"Audit trail of Northlight: entry {head.seq}" in sent["text"]
    assert head.hash.hex() in sent["text"]
    with unit_of_work(cast.adam) as work:
        standing = audit.standing(work)
        assert standing.mailed.startswith("Entry 1, in a mail of ")
        verdict = audit.verify(work)
    assert (verdict.ok, verdict.marks) == (True, 1)


def test_where_nothing_happened_yet_a_mail_carries_nothing(database, sandbox):
    queue(**INVOICE, invoice_id=uuid7())
    deliver_all(database)
    (row, *_) = rows(database)
    assert (row["chain_seq"], row["chain_hash"]) == (None, None)
