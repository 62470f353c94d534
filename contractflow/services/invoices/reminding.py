"""Invoices whose day has passed: the agency hears of it, and the client is reminded, by themselves or by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models import Document, Invoice, Org
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services.display import shown
from contractflow.services.invoices import telling
from contractflow.services.invoices.issuing import invoice_subject, today
from contractflow.services.invoices.reminder_days import (
    REMINDED_AFTER,
    is_first_look,
    next_look,
    next_reminder,
    step_today,
)
from contractflow.services.invoices.settling import locked_invoice, open_minor, reported
from contractflow.services.moving import touched
from contractflow.workflows.billing import UNPAID, InvoiceStatus

AGAIN_AFTER = timedelta(days=1)
"""How long after a reminder the next one may come."""

_NOT_DUE = "A reminder can go out from the day after the due date."
_ON_ITS_WAY = "The client says that the transfer is on its way."
_NOBODY = "No contact of the client may pay invoices, so nobody can be reminded."
_SETTLED = "Nothing is open on this invoice."


@dataclass(frozen=True)
class Reminders:
    """How one invoice is reminded of; what the member cannot do now says why not."""

    words: str = ""
    is_on: bool = False
    can_send: bool = False
    why_not_send: str = ""
    can_switch: bool = False
    returned_to: str = ""
    """An address of theirs that mails came back from; `returned_why` is what its server said."""
    returned_why: str = ""


def attend_overdue(work: UnitOfWork, invoice_id: UUID) -> None:
    """Do what the day of an unpaid invoice asks for: tell the agency, remind the client. Too early, or twice: nothing."""
    work.require(P.INVOICE_REMIND)
    invoice, document = locked_invoice(work, invoice_id)
    if invoice.status not in UNPAID or not invoice.due_on or not invoice.next_reminder_at:
        return
    if invoice.next_reminder_at > work.now:
        return
    org = work.db.get_one(Org, invoice.org_id)
    current = today(work, org)
    step = step_today(invoice, org, current)
    is_first = is_first_look(invoice, org)
    invoice.next_reminder_at = next_look(invoice, org, current)
    if is_first:
        _tell_agency(work, invoice, document)
    may_mail = invoice.wants_reminders and not reported(work, invoice) and not _was_reminded(work, invoice)
    if step and may_mail and telling.payers(work, invoice):
        _remind(work, invoice, document, f"day-{step}")


def remind(work: UnitOfWork, invoice_id: UUID) -> None:
    """Remind the client now; again a day later at the earliest. Raises IllegalMove when there is nothing to remind of."""
    invoice, document = locked_invoice(work, invoice_id)
    work.require(P.INVOICE_REMIND, own=invoice_subject(invoice, document).is_own(work.actor))
    if refused := _why_not_now(work, invoice):
        raise IllegalMove(refused)
    _remind(work, invoice, document, f"hand-{work.now:%Y-%m-%d-%H-%M}")


def switch_reminders(work: UnitOfWork, invoice_id: UUID, *, on: bool) -> None:
    """Whether reminders of this invoice go out by themselves. Twice is the same as once."""
    invoice, document = locked_invoice(work, invoice_id)
    work.require(P.INVOICE_REMIND, own=invoice_subject(invoice, document).is_own(work.actor))
    if invoice.wants_reminders is on:
        return
    if invoice.status not in (InvoiceStatus.SCHEDULED, *UNPAID):
        raise IllegalMove(_SETTLED)
    invoice.wants_reminders = on
    switched = {"reminders": ("off", "on") if on else ("on", "off")}
    work.record(
        "invoice:switch_reminders",
        "invoice",
        invoice.id,
        document_id=invoice.document_id,
        number=invoice.number or invoice.label,
        changes=switched,
    )
    if document is not None:
        touched(work, document)


def reminders_of(work: UnitOfWork, invoice: Invoice, document: Document | None) -> Reminders:
    """What the page of the invoice says of its reminders."""
    is_own = invoice_subject(invoice, document).is_own(work.actor)
    not_theirs = why_not(work.actor, P.INVOICE_REMIND, own=is_own)
    refused = not_theirs or _why_not_now(work, invoice)
    returned_to, returned_why = telling.returned(work, invoice) if invoice.status in UNPAID else ("", "")
    return Reminders(
        words=_words(work, invoice),
        is_on=invoice.wants_reminders,
        can_send=not refused,
        why_not_send=refused,
        can_switch=not not_theirs and invoice.status in (InvoiceStatus.SCHEDULED, *UNPAID),
        returned_to=returned_to,
        returned_why=returned_why,
    )


def _remind(work: UnitOfWork, invoice: Invoice, document: Document | None, which: str) -> None:
    invoice.reminder_count += 1
    invoice.reminded_at = work.now
    telling.payer(work, invoice, "invoice_reminder", which=which)
    document_id = invoice.document_id
    work.record("invoice:remind", "invoice", invoice.id, document_id=document_id, number=invoice.number)
    if document is not None:
        touched(work, document)


def _tell_agency(work: UnitOfWork, invoice: Invoice, document: Document | None) -> None:
    left = format_money(open_minor(invoice), invoice.currency)
    telling.overdue(work, invoice, document, left)
    work.record(
        "invoice:fall_overdue",
        "invoice",
        invoice.id,
        document_id=invoice.document_id,
        number=invoice.number,
        amount=left,
    )
    if document is not None:
        touched(work, document)


def _why_not_now(work: UnitOfWork, invoice: Invoice) -> str:
    """Why the client cannot be reminded now, whoever asks; empty when they can."""
    if invoice.status not in UNPAID or invoice.due_on is None:
        return _SETTLED
    if invoice.due_on >= today(work, work.db.get_one(Org, invoice.org_id)):
        return _NOT_DUE
    if reported(work, invoice):
        return _ON_ITS_WAY
    if invoice.reminded_at and _was_reminded(work, invoice):
        again = shown(work, invoice.reminded_at + AGAIN_AFTER)
        return f"The client was reminded {shown(work, invoice.reminded_at).ago}. You can remind them again from {again.exact}."
    return "" if telling.payers(work, invoice) else _NOBODY


def _was_reminded(work: UnitOfWork, invoice: Invoice) -> bool:
    return invoice.reminded_at is not None and invoice.reminded_at + AGAIN_AFTER > work.now


def _words(work: UnitOfWork, invoice: Invoice) -> str:
    sent = f"{invoice.reminder_count} sent, the last {shown(work, invoice.reminded_at).ago}"
    so_far = sent if invoice.reminder_count else "None sent yet"
    if invoice.status is InvoiceStatus.SCHEDULED:
        *others, last = REMINDED_AFTER
        days = f"{', '.join(map(str, others))} and {last} days after the due date"
        return days if invoice.wants_reminders else "Turned off"
    if invoice.status not in UNPAID:
        return sent if invoice.reminder_count else "None sent"
    if not invoice.wants_reminders:
        return f"{so_far}. Turned off"
    coming = next_reminder(invoice, work.db.get_one(Org, invoice.org_id))
    return (
        f"{so_far}. The next goes out on {coming.day} {coming:%b %Y}"
        if coming
        else f"{so_far}. No more follow"
    )
