"""An invoice goes out, on its day or by hand, or is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from contractflow.content.plan import On
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Client, Document, Invoice, Org
from contractflow.money import format_money
from contractflow.permissions import Actor, System
from contractflow.security.links import token_hash
from contractflow.services import links
from contractflow.services.invoices import telling
from contractflow.services.invoices.reminder_days import looked_for, next_look
from contractflow.services.invoices.settling import close_pending, locked_invoice, settle_document
from contractflow.services.moving import move, owns, touched
from contractflow.workflows.billing import INVOICE, InvoiceStatus
from contractflow.workflows.document import Status

REASON_LIMIT = 500


@dataclass(frozen=True)
class InvoiceSubject:
    """An invoice as the state table sees it: it belongs to whoever owns its document."""

    status: InvoiceStatus
    owner_id: UUID | None

    def is_own(self, actor: Actor) -> bool:
        return owns(actor, self.owner_id)


def issue_due(work: UnitOfWork, invoice_id: UUID) -> None:
    """Send the invoice whose time has come: its date, or the signature. Too early, or twice: nothing happens."""
    invoice, document = locked_invoice(work, invoice_id)
    if invoice.status is InvoiceStatus.SCHEDULED and _is_due(work, invoice, document):
        issue(work, invoice, "issue")


def issue_now(work: UnitOfWork, invoice_id: UUID) -> None:
    """A milestone is reached: send its invoice. Twice is the same as once."""
    invoice, _ = locked_invoice(work, invoice_id)
    if invoice.status is InvoiceStatus.OPEN:
        return
    issue(work, invoice, "issue_now")


def void(work: UnitOfWork, invoice_id: UUID, reason: str) -> None:
    """Take the invoice back: it keeps its number, asks for nothing, and the client is told why."""
    invoice, document = locked_invoice(work, invoice_id)
    if invoice.status is InvoiceStatus.VOID:
        return
    was_out = invoice.status is not InvoiceStatus.SCHEDULED
    move(work, invoice, INVOICE, "void", subject=invoice_subject(invoice, document), reason=_reason(reason))
    invoice.memo = _reason(reason)
    close_pending(work, invoice, "The invoice was voided.")
    work.db.flush()
    if was_out:
        telling.payer(work, invoice, "invoice_voided", reason=invoice.memo)
    if document is not None:
        settle_document(work, document)
        touched(work, document)


def issue(work: UnitOfWork, invoice: Invoice, verb: str, by: System | None = None) -> None:
    """Number, date and mail a scheduled invoice; the caller holds its lock."""
    org, client = work.db.get_one(Org, invoice.org_id), work.db.get_one(Client, invoice.client_id)
    document = work.db.get(Document, invoice.document_id) if invoice.document_id else None
    invoice.seller, invoice.buyer = seller(org), buyer(client)
    invoice.due_on = today(work, org) + timedelta(days=int(invoice.trigger.get("due_days") or 0))
    invoice.next_reminder_at = next_look(invoice, org, invoice.due_on)
    invoice.pay_token_hmac = token_hash(links.invoice_token(invoice.id))
    amount = format_money(invoice.total_minor, invoice.currency)
    move(work, invoice, INVOICE, verb, subject=invoice_subject(invoice, document), by=by, amount=amount)
    work.db.flush()
    work.db.refresh(invoice, ["number", "issued_at"])  # the database gives them, so that there is no gap
    telling.payer(work, invoice, "invoice")
    if document is not None:
        touched(work, document)


def invoice_subject(invoice: Invoice, document: Document | None) -> InvoiceSubject:
    return InvoiceSubject(invoice.status, document.owner_id if document else None)


def today(work: UnitOfWork, org: Org) -> date:
    return looked_for(work.now, org)


def seller(org: Org) -> dict[str, Any]:
    """Who asks for the money, as it stood when the invoice went out."""
    return _party(org.legal_name or org.name, org)


def buyer(client: Client) -> dict[str, Any]:
    return _party(client.legal_name or client.name, client)


def _party(name: str, of: Org | Client) -> dict[str, Any]:
    return {
        "name": name,
        "tax_id": of.tax_id or "",
        "address": of.billing_address,
        "country": of.country or "",
    }


def _is_due(work: UnitOfWork, invoice: Invoice, document: Document | None) -> bool:
    """The day counts in the organisation's own calendar."""
    if document is not None and document.status not in (Status.SIGNED, Status.PAID):
        return False
    if invoice.trigger.get("on") == On.DATE:
        org = work.db.get_one(Org, invoice.org_id)
        return date.fromisoformat(invoice.trigger["date"]) <= today(work, org)
    return document is not None and invoice.trigger.get("on") == On.SIGNATURE


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise Invalid("Say why; the client reads it.", "reason")
    if len(reason) > REASON_LIMIT:
        raise Invalid(f"This is too long: at most {REASON_LIMIT} characters.", "reason")
    return reason
