"""Paying by card through the agency's own Paddle account: first our row, then the vendor, never both at once."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.integrations.payments.port import PaymentIntent
from contractflow.models import Invoice, Org, Payment, Signer
from contractflow.money import format_money
from contractflow.services import orgs
from contractflow.services.invoices.settling import locked_invoice, locked_payment, open_minor, refuse_closed
from contractflow.services.moving import move, touched
from contractflow.services.payments.transfers import signer_of
from contractflow.workflows.billing import PAYMENT, PaymentStatus

PADDLE = "paddle"
NOT_BY_CARD = frozenset({"KWD", "RON"})
"""Currencies of ours that Paddle does not take; a test compares with its SDK."""


def start_checkout(work: UnitOfWork, invoice_id: UUID) -> UUID:
    """The client wants to pay what is open now: a pending payment, which the checkout is then opened for.

    Twice is the same as once, until a part of the invoice is paid by other means.
    """
    signer_of(work)
    invoice, document = locked_invoice(work, invoice_id)
    refuse_closed(invoice)
    if not takes_cards(work.db.get_one(Org, invoice.org_id), invoice):
        raise IllegalMove("This invoice cannot be paid by card. Pay by bank transfer.")
    for earlier in _open(work, invoice):
        if earlier.amount_minor == open_minor(invoice):
            return earlier.id
        move(
            work, earlier, PAYMENT, "refuse", by=work.system("payments"), reason="Another amount is open now."
        )
    payment = _new(work, invoice)
    amount = format_money(payment.amount_minor, payment.currency)
    work.record("payment:start", "payment", payment.id, document_id=invoice.document_id, amount=amount)
    if document is not None:
        touched(work, document)
    return payment.id


def checkout(work: UnitOfWork, payment_id: UUID) -> PaymentIntent:
    """The pending payment as the provider is asked for it. Raises IllegalMove when there is nothing left to pay."""
    actor = signer_of(work)
    payment, invoice, _ = locked_payment(work, payment_id)
    if payment.provider != PADDLE or payment.status is not PaymentStatus.PENDING:
        raise IllegalMove("This payment is no longer open. Go back to the invoice.")
    signer = work.db.get_one(Signer, actor.signer_id)
    return PaymentIntent(
        payment_id=payment.id,
        org_id=invoice.org_id,
        invoice_id=invoice.id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        label=f"{invoice.number}: {invoice.label}",
        description=f"Invoice {invoice.number} of {invoice.seller['name']}",
        payer_name=signer.name,
        payer_email=signer.email,
        return_url=f"{settings().base_url}/portal/invoices/{invoice.id}?from=checkout",
    )


def checkout_opened(work: UnitOfWork, payment_id: UUID, provider_ref: str) -> None:
    """Remember under which name the vendor keeps this payment."""
    signer_of(work)
    payment, invoice, _ = locked_payment(work, payment_id)
    if payment.provider_ref == provider_ref or payment.status is not PaymentStatus.PENDING:
        return
    payment.provider_ref = provider_ref
    work.record(
        "payment:open_checkout", "payment", payment.id, document_id=invoice.document_id, ref=provider_ref
    )


def takes_cards(org: Org, invoice: Invoice) -> bool:
    return orgs.takes_cards(org) and invoice.currency not in NOT_BY_CARD


def _open(work: UnitOfWork, invoice: Invoice) -> list[Payment]:
    query = select(Payment).where(
        col(Payment.invoice_id) == invoice.id,
        col(Payment.provider) == PADDLE,
        col(Payment.status) == PaymentStatus.PENDING,
    )
    return list(work.db.exec(query.with_for_update()))


def _new(work: UnitOfWork, invoice: Invoice) -> Payment:
    payment = Payment(
        org_id=invoice.org_id,
        invoice_id=invoice.id,
        kind="payment",
        provider=PADDLE,
        provider_ref="",
        method="card",
        amount_minor=open_minor(invoice),
        currency=invoice.currency,
        status=PaymentStatus.PENDING,
        occurred_at=work.now,
    )
    payment.provider_ref = str(payment.id)  # until the vendor has named it
    work.db.add(payment)
    work.db.flush()
    return payment
