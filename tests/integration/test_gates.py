"""The gates: what the database answers before, or across, an organisation, and not a word more."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Artifact, Document, WebhookEvent
from contractflow.models.columns import uuid7
from contractflow.permissions import Role, Visitor
from contractflow.workflows.billing import InvoiceStatus
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("database")


def ask(function, *arguments, role=DbRole.APP):
    """The rows a gate answers to somebody without an organisation."""
    names = [f"a{number}" for number in range(len(arguments))]
    call = f"SELECT * FROM {function}({', '.join(f':{name}' for name in names)})"
    with unit_of_work(Visitor(), role=role) as work:
        return work.db.execute(text(call), dict(zip(names, arguments, strict=True))).all()


def sweep(function, limit=10):
    return ask(function, limit, role=DbRole.WORKER)


# ---------------------------------------------------------------- signing in


def test_credentials_are_found_by_address_in_any_case():
    (found,) = credentials("MIA@northlight.test")
    assert found == (cast.mia.user_id, "Mia Member", cast.PASSWORD_HASH, True)
    assert credentials("nobody@northlight.test") == []


def credentials(email, *known):
    return ask("gate_credentials", email, list(known))


def test_an_address_is_everybodys_to_claim_and_belongs_to_who_proves_it():
    nina, nadia = uuid7(), uuid7()
    for person, name in ((nina, "Nina"), (nadia, "Nadia")):
        ask("gate_register", person, "Nina@New.test", name, "hash")
    assert credentials("nina@new.test") == []
    assert credentials("nina@new.test", nina) == [(nina, "Nina", "hash", False)]
    assert ask("gate_email_verified", nina) == [(True,)]
    assert ask("gate_email_verified", nadia) == [(False,)]
    assert credentials("nina@new.test") == [(nina, "Nina", "hash", True)]
    assert [found.user_id for found in credentials("nina@new.test", nadia)] == [nina, nadia]


def test_nobody_takes_a_proved_address_by_changing_theirs():
    assert ask("gate_change_email", cast.mia.user_id, "adam@northlight.test") == [(False,)]
    assert ask("gate_change_email", cast.mia.user_id, "Mia@new.test") == [(True,)]
    assert credentials("mia@new.test")[0].user_id == cast.mia.user_id
    assert credentials("mia@northlight.test") == []


def test_a_password_under_stronger_settings_never_undoes_a_change():
    ask("gate_change_password", cast.mia.user_id, "new hash")
    ask("gate_rehash_password", cast.mia.user_id, cast.PASSWORD_HASH, "stale")
    assert ask("gate_password_of", cast.mia.user_id) == [("new hash",)]
    ask("gate_rehash_password", cast.mia.user_id, "new hash", "newer hash")
    assert ask("gate_password_of", cast.mia.user_id) == [("newer hash",)]


def test_an_address_is_verified_once():
    verified = text("SELECT email_verified_at FROM app_user WHERE id = app_user_id()")
    moments = []
    for _ in range(2):
        ask("gate_email_verified", cast.mia.user_id)
        with unit_of_work(cast.mia) as work:
            moments.append(work.db.execute(verified).scalar())
    assert moments[0] is not None
    assert moments[0] == moments[1]


def test_a_person_sees_all_their_memberships():
    with unit_of_work(cast.redshift) as work:
        builders.a_member(work, cast.mia.user_id, Role.VIEWER)
    found = ask("gate_memberships", cast.mia.user_id)
    assert {(m.org_id, m.org_name, m.role, m.user_name, m.status) for m in found} == {
        (cast.NORTHLIGHT, "Northlight", "member", "Mia Member", "active"),
        (cast.REDSHIFT, "Redshift", "viewer", "Mia Member", "active"),
    }
    assert cast.mia.membership_id in {m.membership_id for m in found}


def test_a_session_is_listed_until_it_ends():
    family = uuid4()
    ask("gate_session_opened", family, cast.mia.user_id, cast.NORTHLIGHT, "192.0.2.7", "Firefox")
    mine = text("SELECT ip, user_agent, revoke_reason FROM auth_session")
    with unit_of_work(cast.mia) as work:
        assert work.db.execute(mine).all() == [("192.0.2.7", "Firefox", None)]
    with unit_of_work(cast.adam) as work:
        assert work.db.execute(mine).all() == []
    ask("gate_session_ended", family, "signed out")
    ask("gate_session_ended", family, "again")
    with unit_of_work(cast.mia) as work:
        assert work.db.execute(mine).all() == [("192.0.2.7", "Firefox", "signed out")]


# ---------------------------------------------------------------- links


def test_an_invitation_is_found_by_its_hash_alone():
    with unit_of_work(cast.olivia) as work:
        token = builders.a_token(
            work, "invite", email="ada@new.test", role=Role.ADMIN, created_by=cast.olivia.user_id
        )
    (found,) = ask("gate_invitation", token.token_hmac)
    assert (found.id, found.org_id, found.org_name, found.email, found.role, found.inviter_name, found.used_at) == (
        token.id, cast.NORTHLIGHT, "Northlight", "ada@new.test", "admin", "Olivia Owner", None,
    )  # fmt: skip
    assert ask("gate_invitation", b"\0" * 32) == []


def test_a_signing_link_reads_until_it_is_taken_back_or_runs_out():
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_sent_document(work)
    link = signer.token_hmac
    assert ask("gate_signing_link", link) == [(cast.NORTHLIGHT, document.id, signer.id)]
    assert ask("gate_signing_link", b"\0" * 32) == []
    with unit_of_work(cast.northlight) as work:
        mine = work.db.get(type(signer), signer.id)
        mine.token_expires_at = work.now - timedelta(seconds=1)
    assert ask("gate_signing_link", link) == []
    with unit_of_work(cast.northlight) as work:
        work.db.get(type(signer), signer.id).status = SignerStatus.EXPIRED
    assert ask("gate_signing_link", link), "the page says that the time is over"
    with unit_of_work(cast.northlight) as work:
        work.db.get(type(signer), signer.id).status = SignerStatus.WAITING
    assert ask("gate_signing_link", link) == []


def test_an_invoice_link_reads_an_issued_invoice():
    link = hashlib.sha256(b"invoice").digest()
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work)
        invoice = builders.an_invoice(work, document, pay_token_hmac=link)
    assert ask("gate_invoice_link", link) == []
    with unit_of_work(cast.northlight) as work:
        builders.opened(work, work.db.get(type(invoice), invoice.id))
    assert ask("gate_invoice_link", link) == [(cast.NORTHLIGHT, document.id, invoice.id)]
    with unit_of_work(cast.northlight) as work:
        work.db.get(type(invoice), invoice.id).status = InvoiceStatus.VOID
    assert ask("gate_invoice_link", link) != []  # its page says that nothing is to be paid, and why


def test_a_verify_code_names_its_document():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work, verify_code="abc123")
    assert ask("gate_verify_code", "abc123") == [(cast.NORTHLIGHT, document.id)]
    assert ask("gate_verify_code", "") == []


# ---------------------------------------------------------------- sweeps


def test_the_web_process_cannot_sweep():
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask("gate_due_drafts", 1)


def test_drafts_are_due_when_they_were_not_taken_or_their_worker_died():
    jobs = {}
    with unit_of_work(cast.northlight) as work:
        ago, soon = work.now - timedelta(seconds=5), work.now + timedelta(minutes=1)
        lease = {"status": "running", "lease_token": uuid4(), "attempt": 1}
        for name, (start, then) in {
            "just queued": ({}, {}),
            "queued": ({"queued_at": ago}, {}),
            "queued for later": ({"queued_at": ago, "next_attempt_at": soon}, {}),
            "working": ({}, {**lease, "lease_expires_at": soon}),
            "died": ({}, {**lease, "lease_expires_at": ago}),
        }.items():
            job = builders.a_draft_job(work, builders.a_document(work), **start)
            for column, value in then.items():
                setattr(job, column, value)
            jobs[job.id] = name
    assert {(jobs[job.id], job.attempt) for job in sweep("gate_due_drafts")} == {("queued", 0), ("died", 1)}
    assert len(sweep("gate_due_drafts", limit=1)) == 1


def test_notifications_are_due_until_they_are_sent():
    with unit_of_work(cast.northlight) as work:
        due = builders.a_notification(work)
        builders.a_notification(work, status="sent")
        builders.a_notification(work, next_attempt_at=work.now + timedelta(minutes=1))
        builders.a_notification(work, channel="in_app", user_id=cast.mia.user_id)
    assert [n.id for n in sweep("gate_due_notifications")] == [due.id]


def test_seals_are_due_until_there_is_one():
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work)
        builders.a_sent_document(work)
    assert sweep("gate_due_seals") == [(cast.NORTHLIGHT, document.id)]
    with unit_of_work(cast.northlight) as work:
        work.db.add(Artifact(
            org_id=cast.NORTHLIGHT, document_id=document.id, kind="sealed_pdf", filename="x.pdf", mime="application/pdf",
            size_bytes=1, content=b"x", sha256=b"\0" * 32, seal={"profile": "B-B"},
        ))  # fmt: skip
    assert sweep("gate_due_seals") == []


def test_webhooks_are_due_in_the_order_of_what_happened():
    with unit_of_work(Visitor()) as work:
        for number, minutes in enumerate((1, 2, 3)):
            work.db.add(WebhookEvent(
                provider="paddle", event_id=f"evt_{number}", event_type="x", payload={}, payload_sha256=b"\0" * 32,
                occurred_at=work.now - timedelta(minutes=minutes), status="processed" if minutes == 2 else "received",
            ))  # fmt: skip
    with unit_of_work(Visitor(), role=DbRole.WORKER) as work:
        events = [work.db.get(WebhookEvent, row.id).event_id for row in sweep("gate_due_webhooks")]
    assert events == ["evt_2", "evt_0"]


def test_documents_expire_when_their_time_is_over():
    with unit_of_work(cast.northlight) as work:
        late, _ = builders.a_sent_document(work)
        builders.a_sent_document(work)
        late.expires_at = work.now - timedelta(seconds=1)
    assert sweep("gate_expiring_documents") == [(cast.NORTHLIGHT, late.id)]


def test_invoices_are_due_on_signature_and_on_their_date():
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work)
        open_document, _ = builders.a_sent_document(work)
        due = [
            builders.an_invoice(work, document).id,
            builders.an_invoice(work, document, trigger={"on": "date", "date": "2020-01-31"}).id,
            builders.an_invoice(work, trigger={"on": "date", "date": "2020-01-31"}).id,
        ]
        builders.an_invoice(work, open_document)
        for trigger in (
            {"on": "date", "date": "2999-01-31"},
            {"on": "date", "date": "soon"},
            {"on": "milestone"},
        ):
            builders.an_invoice(work, document, trigger=trigger)
        assert work.db.get(Document, document.id).status is Status.SIGNED
    assert [row.id for row in sweep("gate_due_invoices")] == sorted(due)
