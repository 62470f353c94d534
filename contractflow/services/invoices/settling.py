"""What is paid follows from the payments, never the other way round: invoice from payments, document from invoices."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotFound
from contractflow.models import Document, Invoice, Org, Payment
from contractflow.services.documents.subject import subject
from contractflow.services.invoices.reminder_days import looked_for, next_look
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.billing import INVOICE, PAYMENT, InvoiceStatus, PaymentStatus
from contractflow.workflows.document import STATUS, Status

MANUAL = "manual"
"""The provider of what a person saw or promised, and no program told us."""

PAYABLE = (InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.UNCOLLECTIBLE)


def locked_invoice(work: UnitOfWork, invoice_id: UUID) -> tuple[Invoice, Document | None]:
    """The invoice and its document, both locked; always the document first, so that nobody waits in a circle.

    Raises NotFound.
    """
    document_id = work.db.exec(select(Invoice.document_id).where(col(Invoice.id) == invoice_id)).one_or_none()
    document = locked(work, Document, document_id, "invoice") if document_id else None
    return locked(work, Invoice, invoice_id, "invoice"), document


def locked_payment(work: UnitOfWork, payment_id: UUID) -> tuple[Payment, Invoice, Document | None]:
    """The payment with what it is for, locked from the outside in. Raises NotFound."""
    invoice_id = work.db.exec(select(Payment.invoice_id).where(col(Payment.id) == payment_id)).one_or_none()
    if invoice_id is None:
        raise NotFound("payment")
    invoice, document = locked_invoice(work, invoice_id)
    return locked(work, Payment, payment_id, "payment"), invoice, document


def settle(work: UnitOfWork, invoice: Invoice, document: Document | None) -> None:
    """Bring the invoice, then its document, in line with the payments that arrived. The caller holds both locks."""
    work.db.flush()
    invoice.paid_minor = paid_minor(work, invoice)
    if verb := _verb(invoice):
        move(work, invoice, INVOICE, verb, by=work.system("payments"), number=invoice.number)
        if verb != "pay":  # somebody has just dealt with it: the next reminder comes on another day
            org = work.db.get_one(Org, invoice.org_id)
            invoice.next_reminder_at = next_look(invoice, org, looked_for(work.now, org))
    work.db.flush()
    if document is not None:
        settle_document(work, document)
        touched(work, document)


def settle_document(work: UnitOfWork, document: Document) -> None:
    """Signed becomes paid when every invoice is paid or void, and signed again when that is no longer so."""
    facts = subject(work, document)
    if document.status is Status.SIGNED and facts.is_fully_paid:
        document.paid_at = work.now
        move(work, document, STATUS, "pay", subject=facts, by=work.system("payments"))
    elif document.status is Status.PAID and not facts.is_fully_paid:
        document.paid_at = None
        move(work, document, STATUS, "unpay", subject=facts, by=work.system("payments"))


def paid_minor(work: UnitOfWork, invoice: Invoice) -> int:
    """What has arrived and stayed, in minor units: payments less refunds and chargebacks."""
    sums = dict(
        work.db.exec(
            select(Payment.kind, func.sum(Payment.amount_minor))
            .where(col(Payment.invoice_id) == invoice.id, col(Payment.status) == PaymentStatus.SUCCEEDED)
            .group_by(Payment.kind)
        ).all()
    )
    return int(sums.pop("payment", 0)) - int(sum(sums.values()))


def reported(work: UnitOfWork, invoice: Invoice, *, lock: bool = False) -> Payment | None:
    """The transfer that the client says is on its way, if nobody has recorded it yet."""
    query = select(Payment).where(
        col(Payment.invoice_id) == invoice.id,
        col(Payment.provider) == MANUAL,
        col(Payment.status) == PaymentStatus.PENDING,
    )
    return work.db.exec((query.with_for_update() if lock else query).limit(1)).first()


def open_minor(invoice: Invoice) -> int:
    """What is still to be paid, in minor units."""
    return invoice.total_minor - invoice.paid_minor


def refuse_closed(invoice: Invoice) -> None:
    """Only what was sent and is not settled can be paid. Raises IllegalMove."""
    if invoice.status is InvoiceStatus.PAID:
        raise IllegalMove("This invoice is paid already.")
    if invoice.status is InvoiceStatus.VOID:
        raise IllegalMove("This invoice was voided; nothing is to be paid on it.")
    if invoice.status not in PAYABLE:
        raise IllegalMove("This invoice has not been sent yet.")


def close_pending(work: UnitOfWork, invoice: Invoice, reason: str) -> None:
    """Nothing more is expected on this invoice: reported transfers and open checkouts end as failed."""
    query = (
        select(Payment)
        .where(col(Payment.invoice_id) == invoice.id, col(Payment.status) == PaymentStatus.PENDING)
        .with_for_update()
    )
    for payment in work.db.exec(query).all():
        move(work, payment, PAYMENT, "refuse", by=work.system("payments"), reason=reason)


def _verb(invoice: Invoice) -> str:
    """The move that the sum of the payments asks for; empty when the invoice already stands where it should."""
    status, paid = invoice.status, invoice.paid_minor
    if paid == invoice.total_minor:
        return "" if status is InvoiceStatus.PAID else "pay"
    if paid == 0:
        return "" if status in (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE) else "reopen"
    return "" if status in (InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.UNCOLLECTIBLE) else "part_pay"
