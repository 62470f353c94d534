"""Money by bank transfer: the client says it is on its way, a member says it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content import blocks
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotAllowed, NotFound
from contractflow.models import Document, Invoice, Org, Payment
from contractflow.money import format_money, parse_money
from contractflow.permissions import Permission as P
from contractflow.permissions import Signer
from contractflow.services.display import zone
from contractflow.services.invoices import telling
from contractflow.services.invoices.issuing import today
from contractflow.services.invoices.settling import (
    MANUAL,
    locked_invoice,
    open_minor,
    refuse_closed,
    reported,
    settle,
)
from contractflow.services.moving import move, touched
from contractflow.workflows.billing import PAYMENT, PaymentStatus

REFERENCE_LIMIT, NOTE_LIMIT = 140, 500
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Received:
    """What arrived on the account, as a member read it on the statement; `amount_minor` in the invoice's currency."""

    amount_minor: int
    received_on: date
    reference: str


@dataclass(frozen=True)
class TypedPayment:
    """The form as it was typed: an amount such as "1,200.00", a day such as "2026-11-23"."""

    amount: str
    received_on: str
    reference: str


def record_typed(work: UnitOfWork, invoice_id: UUID, typed: TypedPayment, *, idempotency_key: str) -> UUID:
    """`record` for what a person typed, read in the invoice's own currency. Raises Invalid as well."""
    work.require(P.PAYMENT_RECORD)
    currency = work.db.exec(select(Invoice.currency).where(col(Invoice.id) == invoice_id)).one_or_none()
    if currency is None:
        raise NotFound("invoice")
    return record(
        work,
        invoice_id,
        amount_minor=parse_money(typed.amount, currency),
        received_on=_day(typed.received_on),
        reference=typed.reference,
        idempotency_key=idempotency_key,
    )


def record(
    work: UnitOfWork,
    invoice_id: UUID,
    *,
    amount_minor: int,
    received_on: date,
    reference: str,
    idempotency_key: str,
    currency: str | None = None,
) -> UUID:
    """Money has arrived: all of it or a part. Twice with one key: the same payment.

    Raises Invalid (fields amount, currency, received_on, reference), IllegalMove, NotAllowed, NotFound.
    """
    work.require(P.PAYMENT_RECORD)
    invoice, document = locked_invoice(work, invoice_id)
    key = f"{invoice.id}:{idempotency_key[:100]}"
    if earlier := _recorded_as(work, key):
        return earlier.id
    refuse_closed(invoice)
    received = Received(amount_minor, received_on, _line(reference, "reference", REFERENCE_LIMIT))
    org = work.db.get_one(Org, invoice.org_id)
    _check(received, invoice, currency, today(work, org))
    payment = _expected(work, invoice, received) or _new(work, invoice, received.amount_minor, key)
    payment.provider_ref, payment.reference = key, received.reference
    payment.recorded_by = work.member.user_id
    payment.occurred_at = datetime.combine(received.received_on, time(12), zone(org.timezone)).astimezone(UTC)
    work.db.flush()
    facts: dict[str, Any] = {
        "amount": amount_of(payment),
        "received_on": received_on.isoformat(),
        "number": invoice.number,
    }
    work.record("payment:record", "payment", payment.id, document_id=invoice.document_id, **facts)
    arrived(work, payment, invoice, document)
    return payment.id


def report_transfer(work: UnitOfWork, invoice_id: UUID, note: str = "") -> None:
    """The client says that the money is on its way; the agency is told once. It counts when a member records it."""
    signer = signer_of(work)
    invoice, document = locked_invoice(work, invoice_id)
    if reported(work, invoice):
        return
    refuse_closed(invoice)
    words = _line(note, "note", NOTE_LIMIT)
    count = work.db.exec(select(func.count()).where(col(Payment.invoice_id) == invoice.id)).one()
    payment = _new(work, invoice, open_minor(invoice), f"{invoice.id}:reported-{count + 1}")
    payment.note = words
    work.db.flush()
    facts: dict[str, Any] = {"amount": amount_of(payment), "number": invoice.number}
    work.record("payment:report", "payment", payment.id, document_id=invoice.document_id, **facts)
    telling.agency(work, invoice, document, "payment_reported", payment, signer=signer.name, note=words)
    if document is not None:
        touched(work, document)


def arrived(work: UnitOfWork, payment: Payment, invoice: Invoice, document: Document | None) -> None:
    """The payment counts: invoice and document follow, the client gets a receipt. The caller holds the locks."""
    move(work, payment, PAYMENT, "confirm", by=work.system("payments"), amount=amount_of(payment))
    settle(work, invoice, document)
    telling.receipt(work, invoice, payment)


def amount_of(payment: Payment) -> str:
    return format_money(payment.amount_minor, payment.currency)


def signer_of(work: UnitOfWork) -> Signer:
    if not isinstance(work.actor, Signer):
        raise NotAllowed("Only the person this invoice was sent to can do that.")
    return work.actor


def _expected(work: UnitOfWork, invoice: Invoice, received: Received) -> Payment | None:
    """The transfer that the client said was coming, when it is this one; another amount takes its place."""
    coming = reported(work, invoice, lock=True)
    if coming is None or coming.amount_minor == received.amount_minor:
        return coming
    move(work, coming, PAYMENT, "refuse", by=work.system("payments"), reason="Another amount arrived.")
    return None


def _check(received: Received, invoice: Invoice, currency: str | None, current: date) -> None:
    if currency is not None and currency != invoice.currency:
        raise Invalid(
            f"This invoice is in {invoice.currency}. Enter what arrived in {invoice.currency}.", "currency"
        )
    if received.amount_minor <= 0:
        raise Invalid("Enter an amount above zero.", "amount")
    if received.amount_minor > open_minor(invoice):
        still_open = format_money(open_minor(invoice), invoice.currency)
        raise Invalid(f"Only {still_open} is still open on this invoice.", "amount")
    if received.received_on > current:
        raise Invalid("This day has not come yet. Enter the day the money arrived.", "received_on")
    if received.received_on < EARLIEST:
        raise Invalid("Enter the day the money arrived.", "received_on")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Enter the day the money arrived.", "received_on") from None


def _new(work: UnitOfWork, invoice: Invoice, amount_minor: int, key: str) -> Payment:
    payment = Payment(
        org_id=invoice.org_id,
        invoice_id=invoice.id,
        kind="payment",
        provider=MANUAL,
        provider_ref=key,
        method="bank transfer",
        amount_minor=amount_minor,
        currency=invoice.currency,
        status=PaymentStatus.PENDING,
        occurred_at=work.now,
    )
    work.db.add(payment)
    return payment


def _recorded_as(work: UnitOfWork, key: str) -> Payment | None:
    query = select(Payment).where(col(Payment.provider) == MANUAL, col(Payment.provider_ref) == key)
    return work.db.exec(query.limit(1)).first()


def _line(text: str, field: str, limit: int) -> str:
    line = " ".join(blocks.clean(text).split())
    if len(line) > limit:
        raise Invalid(f"This is too long: at most {limit} characters, yours has {len(line):,}.", field)
    return line
