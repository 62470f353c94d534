"""The database refuses what must never be, whichever code writes it. The raw statements stand for code that forgot."""

import hashlib
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Document, DocumentVersion, Membership
from contractflow.permissions import Role
from contractflow.workflows.billing import InvoiceStatus, PaymentStatus
from contractflow.workflows.document import Approval, Status
from contractflow.workflows.signer import SignerStatus
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def sent():
    with unit_of_work(cast.northlight) as work:
        return builders.a_sent_document(work)


@pytest.fixture
def signed():
    with unit_of_work(cast.northlight) as work:
        return builders.a_signed_document(work)


def change(sql, **values):
    """One statement in one transaction, as the web process."""
    with unit_of_work(cast.northlight) as work:
        work.db.execute(text(sql), values)


def refused(guard):
    return pytest.raises(
        DBAPIError, check=lambda error: guard in {error.orig.diag.constraint_name, error.orig.sqlstate}
    )


# ---------------------------------------------------------------- edges


def test_a_row_moves_only_along_its_edges(sent):
    document, signer = sent
    with refused("workflow_document"):
        change("UPDATE document SET status = 'paid' WHERE id = :id", id=document.id)
    change("UPDATE signer SET status = 'waiting' WHERE id = :id", id=signer.id)
    with refused("workflow_signer"):
        change("UPDATE signer SET status = 'signed' WHERE id = :id", id=signer.id)


def test_a_row_starts_at_its_start():
    with unit_of_work(cast.northlight) as work:
        client = builders.a_client(work)
    with refused("workflow_document"), unit_of_work(cast.northlight) as work:
        builders.a_document(work, client, status=Status.SIGNED)


# ---------------------------------------------------------------- content


def test_the_hash_is_the_databases_own():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        version = builders.a_version(work, document, content_sha256=b"\0" * 32)
        work.db.refresh(version)
    assert version.content_sha256 == hashlib.sha256(version.content.encode()).digest()


def test_a_version_is_never_changed_or_deleted(postgres):
    with unit_of_work(cast.northlight) as work:
        builders.a_version(work, builders.a_document(work))
    with refused("42501"):
        change("UPDATE document_version SET note = 'x'")
    with postgres.admin() as admin:
        admin.execute("SET session_replication_role = origin")
        for statement in ("UPDATE document_version SET note = 'x'", "DELETE FROM document_version",
                          "TRUNCATE document_version CASCADE"):  # fmt: skip
            with pytest.raises(Exception, match="never changed or deleted"):
                admin.execute(statement)


def test_what_is_sent_is_frozen(sent):
    document, _ = sent
    with refused("content_frozen"), unit_of_work(cast.northlight) as work:
        builders.a_version(work, work.db.get(Document, document.id))
    for column in ("title = 'x'", "total_minor = 1", "currency = 'USD'", "current_version_id = NULL"):
        with pytest.raises(IntegrityError):
            change(f"UPDATE document SET {column} WHERE id = :id", id=document.id)


@pytest.mark.parametrize(
    ("guard", "other"),
    [
        ("plan_adds_up", {"payment_plan": [{"amount_minor": 1}, {"amount_minor": 2}]}),
        ("content_total", {"total_minor": 99}),
        ("document_shows_version", {"currency": "USD"}),
    ],
)
def test_the_money_in_the_content_is_the_money(guard, other):
    with refused(guard), unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        builders.a_version(work, document, content=builders.content(document, **other))


def test_content_without_a_plan_is_fine():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        builders.a_version(work, document, 0, content=builders.content(document, 0, plan=[]))


def test_incomplete_content_is_refused():
    with refused("content_complete"), unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        builders.a_version(work, document, content='{"blocks": []}')


# ---------------------------------------------------------------- approval


@pytest.fixture
def reviewed():
    """Under review by Adam in step 1 and Olivia in step 2."""
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        builders.a_version(work, document)
        first = builders.an_approval(work, document, cast.adam)
        second = builders.an_approval(work, document, cast.olivia, step=2)
        return document, first, second


def decide(approval, decision="approved"):
    change(
        "UPDATE approval SET decision = :decision, decided_at = now(), comment = 'why' WHERE id = :id",
        decision=decision, id=approval.id,
    )  # fmt: skip


APPROVE = "UPDATE document SET approval_status = 'approved', approved_version_id = current_version_id WHERE id = :id"


def test_approved_needs_every_step(reviewed):
    document, first, second = reviewed
    with refused("approval_complete"):
        change(APPROVE, id=document.id)
    with refused("approval_in_turn"):
        decide(second)
    decide(first)
    with refused("approval_complete"):
        change(APPROVE, id=document.id)
    decide(second)
    change(APPROVE, id=document.id)


def test_a_decision_stands(reviewed):
    _, first, _ = reviewed
    decide(first)
    with refused("approval_decided"):
        decide(first, "changes_requested")


def test_an_approval_is_of_exactly_one_version(reviewed):
    document, first, _ = reviewed
    with unit_of_work(cast.northlight) as work:
        changed = work.db.get(Document, document.id)
        builders.a_version(work, changed)
    assert changed.approval_status is Approval.STALE
    with refused("approval_of_this_version"):
        decide(first)


def test_what_is_under_review_does_not_change_silently(reviewed):
    document, _, _ = reviewed
    with unit_of_work(cast.northlight) as work:
        work.db.add(DocumentVersion(
            org_id=document.org_id, document_id=document.id, number=2, source="human",
            content=builders.content(document), total_minor=100_000,
        ))  # fmt: skip
    newest = "(SELECT id FROM document_version WHERE document_id = document.id ORDER BY number DESC LIMIT 1)"
    with refused("approval_of_this_version"):
        change(f"UPDATE document SET current_version_id = {newest} WHERE id = :id", id=document.id)


def test_an_approved_document_is_approved_in_its_current_version(reviewed):
    document, first, second = reviewed
    decide(first)
    decide(second)
    change(APPROVE, id=document.id)
    with refused("ck_document_approved_is_current"):
        change("UPDATE document SET current_version_id = NULL WHERE id = :id", id=document.id)


def test_authors_do_not_approve_their_own_document():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work, owner=cast.adam)
        builders.a_version(work, document)
        own = builders.an_approval(work, document, cast.adam)
    with refused("approval_by_another"):
        decide(own)
    decide(own, "changes_requested")


# ---------------------------------------------------------------- sending


def test_only_what_is_approved_or_needs_no_approval_is_sent(reviewed):
    document, _, _ = reviewed
    with refused("sent_is_approved"):
        change(
            "UPDATE document SET status = 'sent', sent_version_id = current_version_id WHERE id = :id",
            id=document.id,
        )


def test_nothing_is_sent_while_a_draft_runs():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        builders.a_version(work, document)
        builders.a_signer(work, document)
        document.generation_status = "queued"
    with refused("sent_is_at_rest"):
        change(
            "UPDATE document SET status = 'sent', sent_version_id = current_version_id WHERE id = :id",
            id=document.id,
        )


def test_nothing_is_sent_without_a_signer_or_a_version():
    with unit_of_work(cast.northlight) as work:
        empty = builders.a_document(work)
        unsigned = builders.a_document(work)
        builders.a_version(work, unsigned)
    with refused("ck_document_sent_is_current"):
        change("UPDATE document SET status = 'sent' WHERE id = :id", id=empty.id)
    with refused("sent_has_signer"):
        change(
            "UPDATE document SET status = 'sent', sent_version_id = current_version_id WHERE id = :id",
            id=unsigned.id,
        )


# ---------------------------------------------------------------- signing


def sign(sent, **other):
    document, signer = sent
    with unit_of_work(cast.northlight) as work:
        builders.a_signature(work, document, signer, **other)


def verify(sent):
    _, signer = sent
    with unit_of_work(cast.northlight) as work:
        builders.a_verified_signer(work, work.db.get(type(signer), signer.id))


def test_a_verified_signer_signs_exactly_what_was_sent(sent):
    with refused("signature_consented"):
        sign(sent)
    verify(sent)
    with refused("signature_of_sent"):
        sign(sent, content_sha256=b"\1" * 32)
    with refused("signature_consented"):
        sign(sent, consent_sha256=b"\1" * 32)
    sign(sent)
    with refused("uq_signature_signer_id"):
        sign(sent)


def test_a_verification_without_the_mailed_code_is_none(sent):
    change(
        "UPDATE signer SET consent_at = now(), consent_sha256 = :hash, otp_verified_at = now()",
        hash=builders.CONSENT,
    )
    with refused("signature_verified"):
        sign(sent)


def test_nobody_signs_too_late(sent):
    verify(sent)
    change("UPDATE document SET expires_at = now() - interval '1 second'")
    with refused("signature_in_time"):
        sign(sent)


@pytest.mark.parametrize(("column", "value"), [("role", "viewer"), ("status", "removed")])
def test_only_a_signer_signs(sent, column, value):
    verify(sent)
    with unit_of_work(cast.northlight) as work:
        document = work.db.get(Document, sent[0].id)
        builders.a_signer(work, document, builders.a_contact(
            work, work.db.get(builders.Client, document.client_id), email="second@x.test", is_primary=False,
        ))  # fmt: skip
    change(f"UPDATE signer SET {column} = '{value}' WHERE id = :id", id=sent[1].id)
    with refused("signature_by_signer"):
        sign(sent)


def test_signers_in_sequence_take_turns(sent):
    document, first = sent
    with unit_of_work(cast.northlight) as work:
        client = work.db.get(builders.Client, document.client_id)
        contact = builders.a_contact(work, client, email="second@x.test", is_primary=False)
        second = builders.a_signer(work, document, contact, ordinal=2)
        second.status = SignerStatus.INVITED
        builders.a_verified_signer(work, second)
    change("UPDATE document SET signing_order = 'sequential'")
    verify(sent)
    with refused("signature_in_turn"):
        sign((document, second))
    with unit_of_work(cast.northlight) as work:
        builders.a_signature(work, document, first)
        work.db.get(type(first), first.id).status = SignerStatus.SIGNED
    with refused("signed_by_all"):
        change("UPDATE document SET status = 'signed', signed_at = now()")
    sign((document, second))
    change("UPDATE signer SET status = 'signed' WHERE ordinal = 2")
    change("UPDATE document SET status = 'signed', signed_at = now()")


def test_nobody_has_signed_without_a_signature(sent):
    with refused("signed_has_signature"):
        change("UPDATE signer SET status = 'signed' WHERE id = :id", id=sent[1].id)
    with refused("signed_by_all"):
        change("UPDATE document SET status = 'signed' WHERE id = :id", id=sent[0].id)


def test_a_document_somebody_signed_is_not_recalled(sent):
    verify(sent)
    sign(sent)
    with refused("recall_is_unsigned"):
        change("UPDATE document SET status = 'draft', sent_version_id = NULL WHERE id = :id", id=sent[0].id)


def test_who_signed_is_settled(signed):
    with refused("signer_frozen"):
        change("UPDATE signer SET name = 'Mallory' WHERE id = :id", id=signed[1].id)
    with refused("42501"):
        change("UPDATE signature SET typed_name = 'Mallory'")


def test_a_corrected_address_has_to_be_verified_anew(sent):
    verify(sent)
    with refused("signer_verified_address"):
        change("UPDATE signer SET email = 'new@x.test' WHERE id = :id", id=sent[1].id)
    change("UPDATE signer SET email = 'new@x.test', otp_verified_at = NULL WHERE id = :id", id=sent[1].id)


def test_a_token_works_once():
    with unit_of_work(cast.northlight) as work:
        token = builders.a_token(work, "signing_otp", used_at=work.now)
    for statement in (
        "used_at = NULL",
        "email = 'other@x.test'",
        "attempts = -1",
        "used_at = now() + interval '1 s'",
    ):
        with pytest.raises(IntegrityError):
            change(f"UPDATE one_time_token SET {statement} WHERE id = :id", id=token.id)


# ---------------------------------------------------------------- money


def test_numbers_have_no_gaps_even_when_many_issue_and_some_fail():
    with unit_of_work(cast.northlight) as work:
        client = builders.a_client(work)
    issued = []

    def issue(seed):
        for step in range(10):
            try:
                with unit_of_work(cast.northlight) as work:
                    invoice = builders.opened(work, builders.an_invoice(work, client=client))
                    assert (seed + step) % 3, "fails on purpose"
                issued.append(invoice.number)
            except AssertionError:
                pass

    threads = [Thread(target=issue, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(issued) == [f"INV-{n:06d}" for n in range(1, len(issued) + 1)]


def test_each_organisation_counts_for_itself():
    for actor in (cast.northlight, cast.redshift):
        with unit_of_work(actor) as work:
            assert builders.opened(work, builders.an_invoice(work)).number == "INV-000001"


def test_invoice_issue_opens_a_scheduled_invoice_once():
    with unit_of_work(cast.northlight) as work:
        invoice = builders.an_invoice(work)
        number = text("SELECT invoice_issue(:id)")
        assert work.db.execute(number, {"id": invoice.id}).scalar() == "INV-000001"
        assert work.db.execute(number, {"id": invoice.id}).scalar() is None


def test_an_issued_invoice_is_frozen():
    with unit_of_work(cast.northlight) as work:
        builders.opened(work, builders.an_invoice(work))
    for statement in ("number = 'INV-000009'", "total_minor = 1, subtotal_minor = 1", "buyer = '{\"name\": \"x\"}'",
                      "currency = 'USD'", "issued_at = now() + interval '1 day'"):  # fmt: skip
        with refused("invoice_frozen"):
            change(f"UPDATE invoice SET {statement}")
    change("UPDATE invoice SET memo = 'Thank you', due_on = '2027-02-01'")


def test_what_an_invoice_says_was_paid_is_what_came():
    with unit_of_work(cast.northlight) as work:
        invoice = builders.opened(work, builders.an_invoice(work))
    with refused("payments_add_up"):
        change("UPDATE invoice SET paid_minor = 10, status = 'partially_paid'")
    with refused("payments_add_up"), unit_of_work(cast.northlight) as work:
        builders.a_payment(work, invoice, 10)  # the row without the sum: `invoice` is not of this transaction
    with unit_of_work(cast.northlight) as work:
        builders.a_payment(work, work.db.get(type(invoice), invoice.id), 20_000)
    with unit_of_work(cast.northlight) as work:
        mine = work.db.get(type(invoice), invoice.id)
        builders.a_payment(work, mine)
        assert mine.status is InvoiceStatus.PAID


def test_a_refund_is_taken_off():
    with unit_of_work(cast.northlight) as work:
        invoice = builders.opened(work, builders.an_invoice(work))
        payment = builders.a_payment(work, invoice)
    with unit_of_work(cast.northlight) as work:
        mine = work.db.get(type(invoice), invoice.id)
        builders.a_payment(work, mine, 10_000, kind="refund", refunds_id=payment.id)
        mine.paid_minor, mine.status = 40_000, InvoiceStatus.PARTIALLY_PAID


def test_a_claimed_transfer_counts_only_when_a_member_recorded_it():
    with unit_of_work(cast.northlight) as work:
        invoice = builders.opened(work, builders.an_invoice(work))
        builders.a_payment(work, invoice, status=PaymentStatus.PENDING, recorded_by=None)
    with refused("ck_payment_recorded_by_somebody"):
        change("UPDATE payment SET status = 'succeeded'")


def test_a_payment_does_not_change_and_is_in_the_invoices_currency():
    with unit_of_work(cast.northlight) as work:
        invoice = builders.opened(work, builders.an_invoice(work))
        builders.a_payment(work, invoice)
    with refused("payment_frozen"):
        change("UPDATE payment SET amount_minor = 1")
    with refused("payment_currency"), unit_of_work(cast.northlight) as work:
        builders.a_payment(work, invoice, 10, currency="USD", status=PaymentStatus.PENDING)


def test_a_providers_payment_is_kept_once():
    with unit_of_work(cast.northlight) as work:
        invoice = builders.opened(work, builders.an_invoice(work))
        builders.a_payment(work, invoice, 10, provider="paddle", provider_ref="txn_1")
    with refused("uq_payment_provider_provider_ref_kind"), unit_of_work(cast.northlight) as work:
        builders.a_payment(
            work, work.db.get(type(invoice), invoice.id), 10, provider="paddle", provider_ref="txn_1"
        )


def test_paid_means_that_every_invoice_is(signed):
    document, _ = signed
    with refused("paid_in_full"):
        change("UPDATE document SET status = 'paid', paid_at = now()")
    with unit_of_work(cast.northlight) as work:
        first = builders.opened(work, builders.an_invoice(work, document))
        second = builders.opened(work, builders.an_invoice(work, document))
        builders.a_payment(work, first)
    with refused("paid_in_full"):
        change("UPDATE document SET status = 'paid', paid_at = now()")
    with unit_of_work(cast.northlight) as work:
        work.db.get(type(second), second.id).status = InvoiceStatus.VOID
        work.db.get(Document, document.id).status = Status.PAID


# ---------------------------------------------------------------- owner


def test_an_organisation_has_exactly_one_owner():
    with refused("owner_kept"):
        change("UPDATE membership SET role = 'admin' WHERE role = 'owner'")
    with refused("uq_membership_one_owner"):
        change("UPDATE membership SET role = 'owner' WHERE role = 'admin'")
    with refused("ck_membership_owner_is_active"):
        change("UPDATE membership SET status = 'removed' WHERE role = 'owner'")
    with refused("owner_kept"), unit_of_work(type(cast.northlight)(builders.uuid7(), "sign-up")) as work:
        builders.an_org(work)


def test_ownership_passes_in_one_transaction():
    with unit_of_work(cast.northlight) as work:
        work.db.get(Membership, cast.olivia.membership_id).role = Role.ADMIN
        work.db.flush()
        work.db.get(Membership, cast.adam.membership_id).role = Role.OWNER


# ---------------------------------------------------------------- drafts


def test_a_document_has_one_running_draft():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
        builders.a_draft_job(work, document)
    with refused("uq_draft_job_active"), unit_of_work(cast.northlight) as work:
        builders.a_draft_job(work, document)


def test_a_running_draft_is_leased():
    with unit_of_work(cast.northlight) as work:
        builders.a_draft_job(work, builders.a_document(work))
    with refused("ck_draft_job_running_is_leased"):
        change("UPDATE draft_job SET status = 'running', lease_expires_at = now()")
    lease = timedelta(seconds=12)
    change(
        "UPDATE draft_job SET status = 'running', lease_token = uuidv7(), lease_expires_at = now() + :lease",
        lease=lease,
    )
