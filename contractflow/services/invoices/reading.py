"""Invoices as the agency sees them: fifty at a time, one with its payments, those of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import AppError, NotFound
from contractflow.models import Client, Document, Invoice, Org, Payment
from contractflow.money import format_amount, format_money
from contractflow.permissions import Permission as P
from contractflow.services import names, orgs, paging
from contractflow.services.display import When, shown, zone
from contractflow.services.invoices.issuing import invoice_subject, today
from contractflow.services.invoices.reminding import Reminders, reminders_of
from contractflow.services.invoices.settling import open_minor, refuse_closed
from contractflow.services.paging import PAGE
from contractflow.workflows.billing import INVOICE, UNPAID, InvoiceStatus, PaymentStatus

OVERDUE = "overdue"
VERBS = ("issue_now", "void")


@dataclass(frozen=True)
class InvoiceRow:
    """What a list of invoices shows. `pill` is the status, or "overdue", which is derived."""

    id: str
    number: str
    label: str
    client: str
    document: str
    document_id: str
    pill: str
    total: str
    open: str
    due: str
    issued: When


@dataclass(frozen=True)
class InvoiceList:
    """One page; `after` is the key of the next one, empty on the last."""

    rows: list[InvoiceRow]
    after: str


@dataclass(frozen=True)
class PaymentRow:
    id: str
    amount: str
    how: str
    pill: str
    is_report: bool
    """The client says that it is on its way; nobody has seen it on the account yet."""
    reference: str
    note: str
    on: str
    """The day, in the organisation's calendar; a bank transfer has no hour."""


@dataclass(frozen=True)
class InvoicePage:
    """One invoice. What the member cannot do now says why not."""

    id: str = ""
    heading: str = "Invoice"
    number: str = ""
    label: str = ""
    source: str = ""
    client: str = ""
    client_id: str = ""
    document: str = ""
    document_id: str = ""
    pill: str = ""
    currency: str = ""
    open_amount: str = ""
    """What is still to be paid, as an amount field takes it."""
    amount: str = ""
    """What matters now: what is open, or the whole when nothing is; `amount_words` says which."""
    amount_words: str = ""
    goes_out: str = ""
    memo: str = ""
    reported: str = ""
    today: str = ""
    has_bank_details: bool = True
    issued: When = field(default_factory=When)
    can_record: bool = False
    why_not_record: str = ""
    can_issue: bool = False
    why_not_issue: str = ""
    can_void: bool = False
    why_not_void: str = ""
    reminders: Reminders = field(default_factory=Reminders)
    payments: list[PaymentRow] = field(default_factory=list)


def list_page(
    work: UnitOfWork, *, status: str = "", after: str = "", client_ids: Sequence[UUID] = ()
) -> InvoiceList:
    """Invoices of the organisation, newest first, optionally of one status, overdue, or of clients."""
    work.require(P.INVOICE_READ)
    current = _today(work)
    query = _narrow(select(Invoice), status, current).order_by(col(Invoice.id).desc()).limit(PAGE + 1)
    if client_ids:
        query = query.where(col(Invoice.client_id).in_(client_ids))
    if after:
        query = query.where(col(Invoice.id) < paging.by_id(after))
    found = work.db.exec(query).all()
    rows = _rows(work, found[:PAGE], current)
    return InvoiceList(rows, rows[-1].id if len(found) > PAGE else "")


def of_document(work: UnitOfWork, document_id: UUID) -> list[InvoiceRow]:
    """Every invoice of one document, in the order of its payment plan."""
    work.require(P.INVOICE_READ)
    document = work.db.get(Document, document_id)
    if document is None:
        return []
    client, current = work.db.get_one(Client, document.client_id).name, _today(work)
    query = select(Invoice).where(col(Invoice.document_id) == document_id).order_by(col(Invoice.id))
    return [_row(work, one, client, document.title, current) for one in work.db.exec(query)]


def one(work: UnitOfWork, invoice_id: UUID) -> InvoicePage:
    """The invoice with its payments and what the member may do with it. Raises NotFound."""
    work.require(P.INVOICE_READ)
    invoice = work.db.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound("invoice")
    document = work.db.get(Document, invoice.document_id) if invoice.document_id else None
    org = work.db.get_one(Org, invoice.org_id)
    payments = payment_rows(work, invoice, org)
    (row,) = _rows(work, [invoice], today(work, org))
    refused = _refusals(work, invoice, document)
    return InvoicePage(
        id=row.id,
        heading=row.number or row.label,
        number=row.number,
        label=row.label,
        source=source(invoice),
        client=row.client,
        client_id=str(invoice.client_id),
        document=row.document,
        document_id=row.document_id,
        pill=row.pill,
        currency=invoice.currency,
        open_amount=format_amount(open_minor(invoice), invoice.currency),
        amount=row.open if invoice.status in UNPAID else row.total,
        amount_words=amount_words(invoice),
        goes_out=_goes_out(invoice),
        memo=invoice.memo or "",
        reported=next((p.amount for p in payments if p.is_report), ""),
        today=today(work, org).isoformat(),
        has_bank_details=orgs.bank_account(org) is not None,
        issued=row.issued,
        can_record=not refused["record"],
        why_not_record=refused["record"],
        can_issue=not refused["issue_now"],
        why_not_issue=refused["issue_now"],
        can_void=not refused["void"],
        why_not_void=refused["void"],
        reminders=reminders_of(work, invoice, document),
        payments=payments,
    )


def payment_rows(work: UnitOfWork, invoice: Invoice, org: Org, locale: str = "en") -> list[PaymentRow]:
    """What came and went on this invoice, newest first; a checkout that nobody finished is not shown."""
    query = (
        select(Payment)
        .where(col(Payment.invoice_id) == invoice.id)
        .order_by(col(Payment.occurred_at).desc(), col(Payment.id).desc())
        .limit(200)
    )
    return [_payment(p, org, locale) for p in work.db.exec(query) if _is_worth_showing(p)]


def pill(invoice: Invoice, current: date) -> str:
    late = invoice.status in UNPAID and invoice.due_on is not None and invoice.due_on < current
    return OVERDUE if late else invoice.status


def source(invoice: Invoice) -> str:
    """Which clause of which document the amount comes from."""
    return str(invoice.lines[0].get("source", "")) if invoice.lines else ""


def day(of: date | None) -> str:
    return f"{of.day} {of:%b %Y}" if of else ""


Found = SelectOfScalar[Invoice]


def _narrow(query: Found, status: str, current: date) -> Found:
    if status == OVERDUE:
        return query.where(col(Invoice.status).in_(UNPAID), col(Invoice.due_on) < current)
    if status == InvoiceStatus.OPEN:
        return query.where(col(Invoice.status).in_(UNPAID))
    return query.where(col(Invoice.status) == status) if status in set(InvoiceStatus) else query


def _rows(work: UnitOfWork, found: Sequence[Invoice], current: date) -> list[InvoiceRow]:
    """With client and document; an invoice that no contract asked for has none."""
    client = names.of_clients(work, (one.client_id for one in found))
    title = names.of_documents(work, (one.document_id for one in found))
    return [_row(work, one, client[one.client_id], title.get(one.document_id, ""), current) for one in found]


def _row(work: UnitOfWork, invoice: Invoice, client: str, document: str, current: date) -> InvoiceRow:
    return InvoiceRow(
        id=str(invoice.id),
        number=invoice.number or "",
        label=invoice.label,
        client=client,
        document=document,
        document_id=str(invoice.document_id or ""),
        pill=pill(invoice, current),
        total=format_money(invoice.total_minor, invoice.currency),
        open=format_money(open_minor(invoice), invoice.currency),
        due=day(invoice.due_on) or _goes_out(invoice),
        issued=shown(work, invoice.issued_at),
    )


def _goes_out(invoice: Invoice) -> str:
    """When a scheduled invoice is sent; empty for one that was."""
    if invoice.status is not InvoiceStatus.SCHEDULED:
        return ""
    if set_for := invoice.trigger.get("date"):
        return f"Goes out on {day(date.fromisoformat(set_for))}"
    return "Goes out when you issue it"


def amount_words(invoice: Invoice, locale: str = "en") -> str:
    if invoice.status not in UNPAID:
        return _goes_out(invoice)
    due = f"due {day(invoice.due_on)}"
    if not invoice.paid_minor:
        return due
    paid, total = (
        format_money(minor, invoice.currency, locale) for minor in (invoice.paid_minor, invoice.total_minor)
    )
    return f"left of {total}, {paid} paid; {due}"


def _payment(payment: Payment, org: Org, locale: str) -> PaymentRow:
    is_in = payment.kind == "payment"
    amount = format_money(payment.amount_minor if is_in else -payment.amount_minor, payment.currency, locale)
    return PaymentRow(
        id=str(payment.id),
        amount=amount,
        how=((payment.method or payment.provider) if is_in else payment.kind).capitalize(),
        pill=payment.status,
        is_report=payment.provider == "manual" and payment.status is PaymentStatus.PENDING,
        reference=payment.reference,
        note=payment.note,
        on=day(payment.occurred_at.astimezone(zone(org.timezone)).date()),
    )


def _is_worth_showing(payment: Payment) -> bool:
    return (
        payment.provider == "manual"
        or bool(payment.note)
        or payment.status in (PaymentStatus.SUCCEEDED, PaymentStatus.REVERSED)
    )


def _refusals(work: UnitOfWork, invoice: Invoice, document: Document | None) -> dict[str, str]:
    """Every verb of the page and why it would be refused now; empty words mean that it would succeed."""
    subject = invoice_subject(invoice, document)
    refused = {verb: INVOICE.refusal(subject, verb, work.actor) for verb in VERBS}
    refused["record"] = _record_refusal(work, invoice)
    return refused


def _record_refusal(work: UnitOfWork, invoice: Invoice) -> str:
    try:
        work.require(P.PAYMENT_RECORD)
        refuse_closed(invoice)
    except AppError as refusal:
        return refusal.message
    return ""


def _today(work: UnitOfWork) -> date:
    return today(work, work.db.get_one(Org, work.actor.org_id))
