"""Who hears of an invoice and its payments: the client what is owed and what came, the agency what needs its hand."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Contact, Document, Invoice, Membership, Payment, Signer
from contractflow.money import format_money
from contractflow.permissions import GRANTS, Role
from contractflow.permissions import Permission as P
from contractflow.services import bounces, notifications
from contractflow.services.invoices.settling import open_minor

MOST = 20
RECORDERS = [role.value_text for role in Role if role.value >= GRANTS[P.PAYMENT_RECORD].least.value]


def payer(work: UnitOfWork, invoice: Invoice, kind: str, *, which: str = "", **facts: Any) -> None:
    """Write to whoever pays this invoice; what goes out more than once says `which` it is."""
    about = ":".join(filter(None, (str(facts.get("payment_id", invoice.id)), which)))
    for contact in payers(work, invoice):
        notifications.queue(
            work,
            kind,
            recipient=contact.email,
            document_id=invoice.document_id,
            dedupe_key=f"{kind}:{about}:{contact.id}",
            invoice_id=str(invoice.id),
            name=contact.name,
            org=invoice.seller["name"],
            number=invoice.number or "",
            label=invoice.label,
            total=format_money(invoice.total_minor, invoice.currency, contact.locale or "en"),
            open=format_money(open_minor(invoice), invoice.currency, contact.locale or "en"),
            due=_due(invoice),
            **facts,
        )


def receipt(work: UnitOfWork, invoice: Invoice, payment: Payment) -> None:
    """Thank the client for what arrived and say what is still open."""
    left = open_minor(invoice)
    payer(
        work,
        invoice,
        "payment_received",
        payment_id=str(payment.id),
        amount=format_money(payment.amount_minor, payment.currency),
        left=format_money(left, invoice.currency) if left else "",
    )


def agency(
    work: UnitOfWork, invoice: Invoice, document: Document | None, kind: str, payment: Payment, **facts: Any
) -> None:
    """Tell the owner of the document and everybody who may record payments of one."""
    about = f"{payment.id}:{payment.provider_ref[-60:]}"
    amount = format_money(payment.amount_minor, payment.currency)
    _tell_agency(work, invoice, document, kind, about, amount=amount, **facts)


def overdue(work: UnitOfWork, invoice: Invoice, document: Document | None, left: str) -> None:
    """Tell the same people that its day has passed."""
    facts = {"open": left, "due": _due(invoice), "reminds": invoice.wants_reminders}
    _tell_agency(work, invoice, document, "invoice_overdue", str(invoice.id), **facts)


def _tell_agency(
    work: UnitOfWork, invoice: Invoice, document: Document | None, kind: str, about: str, **facts: Any
) -> None:
    """Once for each of them and what it is `about`."""
    for person in _people(work, document):
        notifications.queue(
            work,
            kind,
            recipient=person.email,
            user_id=person.id,
            document_id=invoice.document_id,
            dedupe_key=f"{kind}:{about}:{person.id}",
            invoice_id=str(invoice.id),
            name=person.name,
            client=invoice.buyer["name"],
            number=invoice.number or "",
            label=invoice.label,
            **facts,
        )


def _due(invoice: Invoice) -> str:
    return f"{invoice.due_on.day} {invoice.due_on:%B %Y}" if invoice.due_on else ""


def payers(work: UnitOfWork, invoice: Invoice) -> list[Contact]:
    """The contacts who signed and may pay, else the client's first one who may."""
    may_pay = (
        select(Contact)
        .where(
            col(Contact.client_id) == invoice.client_id,
            col(Contact.can_pay),
            col(Contact.anonymised_at).is_(None),
        )
        .order_by(col(Contact.is_primary).desc(), col(Contact.id))
    )
    signed = select(Signer.contact_id).where(
        col(Signer.document_id) == invoice.document_id, col(Signer.role) == "signer"
    )
    return list(work.db.exec(may_pay.where(col(Contact.id).in_(signed)))) or list(
        work.db.exec(may_pay.limit(1))
    )


def returned(work: UnitOfWork, invoice: Invoice) -> tuple[str, str]:
    """The first address of those who pay that mails came back from, and why; two empty texts when they arrive."""
    marked = bounces.standing(work, [contact.email.lower() for contact in payers(work, invoice)])
    return next(iter(marked.items()), ("", ""))


def _people(work: UnitOfWork, document: Document | None) -> list[AppUser]:
    owner = document.owner_id if document else None
    query = (
        select(AppUser)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(
            col(Membership.status) == "active",
            col(Membership.role).in_(RECORDERS) | (col(Membership.id) == owner),
        )
        .order_by(col(AppUser.id))
        .limit(MOST)
    )
    return list(work.db.exec(query))
