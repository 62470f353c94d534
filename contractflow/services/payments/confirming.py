"""What a payment provider tells us: the money came, will not come, or went back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotAllowed
from contractflow.models import Document, Invoice, Payment
from contractflow.money import format_money
from contractflow.permissions import System
from contractflow.services.invoices import telling
from contractflow.services.invoices.settling import PAYABLE, locked_payment, open_minor, settle
from contractflow.services.moving import move
from contractflow.services.payments.transfers import amount_of, arrived
from contractflow.workflows.billing import PAYMENT, PaymentStatus

REVERSALS = ("refund", "chargeback")


def confirm(
    work: UnitOfWork,
    payment_id: UUID,
    *,
    provider_ref: str,
    amount_minor: int,
    currency: str,
    occurred_at: datetime,
) -> None:
    """The provider has the money. Twice is the same as once.

    Money that does not fit (another currency, more than is open, a void invoice) pays nothing and is told to the agency.
    """
    _require_system(work)
    payment, invoice, document = locked_payment(work, payment_id)
    if payment.status in (PaymentStatus.SUCCEEDED, PaymentStatus.REVERSED):
        return
    payment.provider_ref, payment.occurred_at = provider_ref, occurred_at
    fits = (amount_minor, currency) == (payment.amount_minor, payment.currency)
    if not fits or amount_minor > open_minor(invoice) or invoice.status not in PAYABLE:
        _misfit(work, payment, invoice, document, format_money(amount_minor, currency))
        return
    arrived(work, payment, invoice, document)
    telling.agency(work, invoice, document, "payment_arrived", payment)


def fail(work: UnitOfWork, payment_id: UUID, *, reason: str) -> None:
    """The provider has given this payment up. A declined card alone is no reason: the client may try another."""
    _require_system(work)
    payment, _, _ = locked_payment(work, payment_id)
    if payment.status is PaymentStatus.PENDING:
        move(work, payment, PAYMENT, "refuse", reason=reason[:200])


def reverse(
    work: UnitOfWork,
    payment_id: UUID,
    *,
    kind: str,
    provider_ref: str,
    amount_minor: int,
    occurred_at: datetime,
) -> None:
    """Money went back, all or a part: `kind` is "refund" or "chargeback". Twice with one reference is once.

    The invoice is open again for as much, and a paid document is signed again.
    """
    _require_system(work)
    payment, invoice, document = locked_payment(work, payment_id)
    if kind not in REVERSALS or amount_minor <= 0:
        raise IllegalMove("This is not a refund.")
    if payment.status is not PaymentStatus.SUCCEEDED or _known(work, payment, kind, provider_ref):
        return
    gone = payment
    if amount_minor == payment.amount_minor and not _given_back(work, payment):
        move(work, payment, PAYMENT, "reverse", kind=kind, ref=provider_ref)
    else:
        gone = _give_back(work, payment, kind, provider_ref, amount_minor, occurred_at)
        amount, action = amount_of(gone), f"payment:{kind}"
        work.record(
            action, "payment", gone.id, document_id=invoice.document_id, amount=amount, of=str(payment.id)
        )
    settle(work, invoice, document)
    telling.agency(work, invoice, document, "payment_reversed", gone)


def _misfit(
    work: UnitOfWork, payment: Payment, invoice: Invoice, document: Document | None, amount: str
) -> None:
    note = f"{amount} arrived, which does not fit: record it or send it back."
    if payment.note == note:
        return
    payment.note = note
    if payment.status is PaymentStatus.PENDING:
        move(work, payment, PAYMENT, "refuse", reason="What arrived does not fit.")
    work.record("payment:misfit", "payment", payment.id, document_id=invoice.document_id, amount=amount)
    telling.agency(
        work, invoice, document, "payment_misfit", payment, arrived=amount, ref=payment.provider_ref
    )


def _known(work: UnitOfWork, payment: Payment, kind: str, provider_ref: str) -> bool:
    query = select(Payment.id).where(
        col(Payment.provider) == payment.provider,
        col(Payment.provider_ref) == provider_ref,
        col(Payment.kind) == kind,
    )
    return work.db.exec(query.limit(1)).first() is not None


def _given_back(work: UnitOfWork, payment: Payment) -> int:
    query = select(func.coalesce(func.sum(Payment.amount_minor), 0)).where(
        col(Payment.refunds_id) == payment.id
    )
    return int(work.db.exec(query).one())


def _give_back(
    work: UnitOfWork, payment: Payment, kind: str, provider_ref: str, amount_minor: int, occurred_at: datetime
) -> Payment:
    if amount_minor > payment.amount_minor - _given_back(work, payment):
        raise IllegalMove("More would go back than was paid.")
    back = Payment(
        org_id=payment.org_id,
        invoice_id=payment.invoice_id,
        refunds_id=payment.id,
        kind=kind,
        provider=payment.provider,
        provider_ref=provider_ref,
        method=payment.method,
        amount_minor=amount_minor,
        currency=payment.currency,
        status=PaymentStatus.SUCCEEDED,
        occurred_at=occurred_at,
        recorded_by=payment.recorded_by,
    )
    work.db.add(back)
    work.db.flush()
    return back


def _require_system(work: UnitOfWork) -> None:
    if not isinstance(work.actor, System):
        raise NotAllowed("Only the payment provider can say that.")
