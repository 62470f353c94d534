"""Invoices come from the signed payment plan, are numbered without a gap, and go out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.jobs import invoices as invoice_jobs
from contractflow.models import AuditEvent, Document, Invoice, Notification, Org
from contractflow.permissions import Signer
from contractflow.security.links import token_hash
from contractflow.services import invoices, links, payments
from contractflow.workflows.billing import InvoiceStatus
from contractflow.workflows.document import Status
from tests import builders, cast
from tests.integration.journey import statements

CLAUSES = [
    {"id": "b1", "md": "## Services\n\nA campaign."},
    {"id": "b2", "md": "## Fees and payment\n\nAs planned."},
]


def row(key, amount, on="signature", day=None, kind="milestone", due_days=14):
    return {
        "key": key,
        "kind": kind,
        "label": key.capitalize(),
        "amount_minor": amount,
        "on": on,
        "date": day,
        "due_days": due_days,
    }


@pytest.fixture
def agencies(database, redis_url):
    """Both agencies, and nothing of theirs."""


def signed(*rows, total=None, **facts):
    """A signed document with this payment plan; its id."""
    total = sum(each["amount_minor"] for each in rows) if total is None else total
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(
            work, total_minor=total, plan=list(rows), blocks=CLAUSES, **facts
        )
        return document.id


def planned(*rows, **facts):
    """The same with its invoices; (document id, invoice ids in the order of the plan)."""
    document_id = signed(*rows, **facts)
    with unit_of_work(cast.northlight) as work:
        invoices.plan_out(work, work.db.get_one(Document, document_id))
    return document_id, [invoice.id for invoice in of(document_id)]


def of(document_id):
    with unit_of_work(cast.northlight) as work:
        query = select(Invoice).where(col(Invoice.document_id) == document_id).order_by(col(Invoice.id))
        return list(work.db.exec(query))


def trail(entity_id, actor=cast.northlight):
    with unit_of_work(actor) as work:
        query = select(AuditEvent).where(col(AuditEvent.entity_id) == entity_id).order_by(col(AuditEvent.seq))
        return [(event.action, event.actor_label) for event in work.db.exec(query)]


def mails(kind):
    with unit_of_work(cast.northlight) as work:
        query = select(Notification).where(
            col(Notification.kind) == kind, col(Notification.channel) == "email"
        )
        return list(work.db.exec(query.order_by(col(Notification.id))))


def status_of(document_id):
    with unit_of_work(cast.northlight) as work:
        return work.db.get_one(Document, document_id).status


def test_a_signature_makes_one_invoice_for_each_payment_and_sends_the_first(agencies):
    document_id, _ = planned(
        row("deposit", 40_000), row("final", 60_000, "date", "2027-03-31"), row("extra", 1, "manual")
    )
    deposit, final, extra = of(document_id)

    assert (deposit.status, deposit.number, deposit.total_minor) == (InvoiceStatus.OPEN, "INV-000001", 40_000)
    assert deposit.due_on == deposit.issued_at.date() + timedelta(days=14)
    assert deposit.lines == [
        {"text": "Deposit", "source": deposit.lines[0]["source"], "amount_minor": 40_000}
    ]
    assert "“Fees and payment”" in deposit.lines[0]["source"]
    assert (deposit.seller["name"], deposit.buyer["name"][:12]) == ("Northlight", "Bright Foods")
    assert {final.status, extra.status} == {InvoiceStatus.SCHEDULED}
    assert (final.number, final.trigger["date"]) == (None, "2027-03-31")
    assert trail(deposit.id) == [("invoice:schedule", "invoicing"), ("invoice:issue", "invoicing")]
    assert trail(final.id) == [("invoice:schedule", "invoicing")]


def test_the_client_gets_one_mail_with_a_link_to_pay(agencies):
    document_id, _ = planned(row("deposit", 40_000))
    (invoice,) = of(document_id)
    (mail,) = mails("invoice")

    assert (mail.recipient, mail.payload["number"]) == (cast.clara.email, "INV-000001")
    assert (mail.payload["total"], mail.payload["invoice_id"]) == ("€400.00", str(invoice.id))
    assert "token" not in str(mail.payload)
    assert invoice.pay_token_hmac == token_hash(links.invoice_token(invoice.id))


def test_planning_twice_is_planning_once(agencies):
    document_id, first = planned(row("deposit", 40_000))
    with unit_of_work(cast.northlight) as work:
        invoices.plan_out(work, work.db.get_one(Document, document_id))
    assert [invoice.id for invoice in of(document_id)] == first
    assert len(mails("invoice")) == 1


def test_the_last_signer_sets_it_off_and_sees_only_their_own_document(agencies):
    document_id = signed(row("deposit", 40_000))
    with unit_of_work(cast.northlight) as work:
        signer = builders.signer_of(work, document_id)
    actor = Signer(cast.NORTHLIGHT, document_id, signer.id, signer.name, "198.51.100.7", "pytest")
    with unit_of_work(actor) as work:
        invoices.plan_out(work, work.db.get_one(Document, document_id))
    assert [invoice.number for invoice in of(document_id)] == ["INV-000001"]


def test_a_document_without_money_gets_no_invoice_and_stays_signed(agencies):
    document_id, none = planned(total=0)
    assert none == []
    assert status_of(document_id) is Status.SIGNED


def test_a_total_without_a_plan_is_one_payment_on_signature(agencies):
    document_id, _ = planned(total=75_000)
    (invoice,) = of(document_id)
    assert (invoice.status, invoice.total_minor, invoice.label) == (InvoiceStatus.OPEN, 75_000, "Full amount")


def test_numbers_have_no_gap_whoever_comes_first(agencies):
    _, ids = planned(*[row(f"part{n}", 1_000, "manual") for n in range(8)])

    def issue(invoice_id):
        with unit_of_work(cast.mia) as work:
            invoices.issue_now(work, invoice_id)

    with pytest.raises(ZeroDivisionError), unit_of_work(cast.mia) as work:
        invoices.issue_now(work, ids[0])
        1 / 0  # noqa: B018  something fails after the number was given
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(issue, ids))
    with unit_of_work(cast.northlight) as work:
        numbers = sorted(work.db.exec(select(Invoice.number)))
    assert numbers == [f"INV-{n:06d}" for n in range(1, 9)]


def test_an_invoice_goes_out_on_its_day_and_not_before(agencies):
    tomorrow = (datetime.now(ZoneInfo("UTC")) + timedelta(days=2)).date()
    today = datetime.now(ZoneInfo("UTC")).date() - timedelta(days=1)
    _, (early, due) = planned(
        row("early", 1_000, "date", tomorrow.isoformat()), row("due", 2_000, "date", today.isoformat())
    )
    for invoice_id in (early, due, due):
        invoice_jobs.issue_due(str(cast.NORTHLIGHT), str(invoice_id))
    with unit_of_work(cast.northlight) as work:
        assert work.db.get_one(Invoice, early).status is InvoiceStatus.SCHEDULED
        assert work.db.get_one(Invoice, due).status is InvoiceStatus.OPEN
    assert trail(due) == [("invoice:schedule", "invoicing"), ("invoice:issue", "scheduler")]


def test_the_day_is_the_agencys_own(agencies):
    """When it is already tomorrow in Kiritimati, an agency there invoices; one in Niue still waits."""
    ahead = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    _, (invoice_id,) = planned(row("dated", 1_000, "date", ahead.isoformat()))
    for timezone, expected in (
        ("Pacific/Niue", InvoiceStatus.SCHEDULED),
        ("Pacific/Kiritimati", InvoiceStatus.OPEN),
    ):
        with unit_of_work(cast.northlight) as work:
            work.db.get_one(Org, cast.NORTHLIGHT).timezone = timezone
        invoice_jobs.issue_due(str(cast.NORTHLIGHT), str(invoice_id))
        with unit_of_work(cast.northlight) as work:
            assert work.db.get_one(Invoice, invoice_id).status is expected
    with unit_of_work(cast.northlight) as work:
        assert work.db.get_one(Invoice, invoice_id).due_on == ahead + timedelta(days=14)


def test_a_member_issues_by_hand_and_a_viewer_does_not(agencies):
    _, (invoice_id,) = planned(row("milestone", 1_000, "manual"))
    with pytest.raises(NotAllowed, match="Only members and above"), unit_of_work(cast.victor) as work:
        invoices.issue_now(work, invoice_id)
    for _ in range(2):
        with unit_of_work(cast.mia) as work:
            invoices.issue_now(work, invoice_id)
    assert trail(invoice_id) == [("invoice:schedule", "invoicing"), ("invoice:issue_now", cast.mia.name)]
    assert len(mails("invoice")) == 1


def test_an_admin_voids_with_a_reason_that_the_client_reads(agencies):
    _, (invoice_id,) = planned(row("deposit", 1_000))
    with pytest.raises(NotAllowed), unit_of_work(cast.mia) as work:
        invoices.void(work, invoice_id, "Agreed otherwise")
    with pytest.raises(Invalid, match="Say why") as refusal, unit_of_work(cast.adam) as work:
        invoices.void(work, invoice_id, "  ")
    assert refusal.value.field == "reason"
    for _ in range(2):
        with unit_of_work(cast.adam) as work:
            invoices.void(work, invoice_id, "Agreed otherwise")
    assert trail(invoice_id)[-1] == ("invoice:void", cast.adam.name)
    assert [mail.payload["reason"] for mail in mails("invoice_voided")] == ["Agreed otherwise"]


def test_a_scheduled_invoice_is_voided_without_a_mail_and_never_goes_out(agencies):
    _, (invoice_id,) = planned(row("dated", 1_000, "date", "2026-01-01"))
    with unit_of_work(cast.adam) as work:
        invoices.void(work, invoice_id, "Dropped")
    invoice_jobs.issue_due(str(cast.NORTHLIGHT), str(invoice_id))
    with pytest.raises(IllegalMove), unit_of_work(cast.mia) as work:
        invoices.issue_now(work, invoice_id)
    assert mails("invoice_voided") == mails("invoice") == []


def test_an_invoice_that_was_paid_on_cannot_be_voided(agencies):
    _, (invoice_id,) = planned(row("deposit", 1_000))
    pay(invoice_id, 400)
    with pytest.raises(IllegalMove, match="partially paid"), unit_of_work(cast.adam) as work:
        invoices.void(work, invoice_id, "Too late")


def test_voiding_the_last_open_invoice_makes_the_document_paid(agencies):
    document_id, (first, second) = planned(row("deposit", 1_000), row("final", 2_000, "manual"))
    pay(first, 1_000)
    assert status_of(document_id) is Status.SIGNED
    with unit_of_work(cast.adam) as work:
        invoices.void(work, second, "The second part was dropped")
    assert status_of(document_id) is Status.PAID
    assert trail(document_id)[-1] == ("document:pay", "payments")


def test_a_document_whose_invoices_are_all_void_is_not_paid(agencies):
    document_id, (only,) = planned(row("deposit", 1_000))
    with unit_of_work(cast.adam) as work:
        invoices.void(work, only, "Never mind")
    assert status_of(document_id) is Status.SIGNED


def test_the_list_comes_in_pages_and_by_status(agencies):
    _, ids = planned(*[row(f"part{n}", 1_000, "manual") for n in range(55)])
    with unit_of_work(cast.mia) as work:
        invoices.issue_now(work, ids[0])
        invoices.issue_now(work, ids[1])
        work.db.get_one(Invoice, ids[1]).due_on = date(2026, 1, 1)
    with unit_of_work(cast.victor) as work:
        first = invoices.list_page(work)
        rest = invoices.list_page(work, after=first.after)
        shown = [each.id for each in [*first.rows, *rest.rows]]
        assert (len(first.rows), len(rest.rows), rest.after) == (50, 5, "")
        assert shown == [str(each) for each in reversed(ids)]
        assert [each.id for each in invoices.list_page(work, status="overdue").rows] == [str(ids[1])]
        assert [each.pill for each in invoices.list_page(work, status="open").rows] == ["overdue", "open"]
        assert len(invoices.list_page(work, status="scheduled").rows) == 50
        with pytest.raises(Invalid):
            invoices.list_page(work, after="somewhere")


def test_a_page_of_fifty_costs_a_handful_of_queries(agencies):
    planned(*[row(f"part{n}", 1_000, "manual") for n in range(50)])
    with unit_of_work(cast.victor) as work, statements(work) as seen:
        invoices.list_page(work)
    assert len(seen) <= 5, seen


def test_the_page_says_what_each_may_do_and_why_not(agencies):
    _, (invoice_id,) = planned(row("deposit", 1_000))
    with unit_of_work(cast.adam) as work:
        page = invoices.one(work, invoice_id)
    assert (page.can_record, page.can_void, page.can_issue) == (True, True, False)
    assert "no longer possible" in page.why_not_issue
    with unit_of_work(cast.mia) as work:
        page = invoices.one(work, invoice_id)
    assert (page.can_record, page.can_void) == (False, False)
    assert page.why_not_record == "Only admins and above can record payments."


def test_another_agency_reaches_no_invoice(agencies):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    for verb, args in (
        (invoices.one, ()),
        (invoices.issue_now, ()),
        (invoices.issue_due, ()),
        (invoices.void, ("Mine now",)),
    ):
        with pytest.raises(NotFound), unit_of_work(cast.rita) as work:
            verb(work, invoice_id, *args)
    with unit_of_work(cast.rita) as work:
        assert invoices.list_page(work).rows == []
        assert invoices.of_document(work, document_id) == []


def pay(invoice_id, amount):
    with unit_of_work(cast.adam) as work:
        payments.record(
            work,
            invoice_id,
            amount_minor=amount,
            received_on=work.now.date(),
            reference="",
            idempotency_key=f"pay-{amount}",
        )
