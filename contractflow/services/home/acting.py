"""What one click on Home does: the verbs of the product as they are, with every guard they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotFound
from contractflow.models import Approval, Document, Org, Payment
from contractflow.permissions import Permission as P
from contractflow.services import comments, documents, drafts, leads, payments
from contractflow.services.invoices.issuing import today
from contractflow.services.moving import locked
from contractflow.workflows.billing import PaymentStatus

CHANGED = "This has changed since you looked. Home shows it as it is now."


def act(work: UnitOfWork, kind: str, entity_id: UUID, seen: UUID | None) -> str:
    """Do what waits, about exactly what was `seen`; answers what was done, in words.

    Raises NotFound for a kind that is none, and whatever the verb itself raises: NotAllowed, IllegalMove, LimitReached.
    """
    work.require(P.ORG_READ)
    if kind not in DONE:
        raise NotFound("task")
    verb, said = DONE[kind]
    verb(work, entity_id, seen)
    return said


def _approve(work: UnitOfWork, document_id: UUID, request_id: UUID | None) -> None:
    """The request names the version and the step: a second click does not answer the next one."""
    request = work.db.get(Approval, _exactly(request_id))
    if request is None or request.document_id != document_id:
        raise NotFound("request")
    documents.approve(work, document_id, request.version_id, step=request.step)


def _submit(work: UnitOfWork, document_id: UUID, version_id: UUID | None) -> None:
    _unchanged(work, document_id, version_id)
    documents.submit(work, document_id)


def _send(work: UnitOfWork, document_id: UUID, version_id: UUID | None) -> None:
    _unchanged(work, document_id, version_id)
    documents.send(work, document_id)


def _retry(work: UnitOfWork, document_id: UUID, failed: UUID | None) -> None:
    """Twice about one failed draft is one new draft."""
    drafts.request(work, document_id, f"again:{_exactly(failed)}")


def _record(work: UnitOfWork, invoice_id: UUID, payment_id: UUID | None) -> None:
    """What the client said is on its way has come: all of it, today. Twice is the same payment."""
    work.require(P.PAYMENT_RECORD)
    payment = work.db.get(Payment, _exactly(payment_id))
    if payment is None or payment.invoice_id != invoice_id:
        raise NotFound("payment")
    if payment.status is PaymentStatus.SUCCEEDED:
        return
    if payment.status is not PaymentStatus.PENDING:
        raise IllegalMove(CHANGED)
    payments.record(
        work,
        invoice_id,
        amount_minor=payment.amount_minor,
        received_on=today(work, work.db.get_one(Org, payment.org_id)),
        reference=payment.reference,
        idempotency_key=f"reported-{payment.id}",
    )


def _exactly(seen: UUID | None) -> UUID:
    if seen is None:
        raise IllegalMove(CHANGED)
    return seen


def _unchanged(work: UnitOfWork, document_id: UUID, version_id: UUID | None) -> None:
    """Locked until the verb is done. Raises IllegalMove, NotFound."""
    if locked(work, Document, document_id, "document").current_version_id != _exactly(version_id):
        raise IllegalMove(CHANGED)


# fmt: off
DONE: Final[dict[str, tuple[Callable[[UnitOfWork, UUID, UUID | None], object], str]]] = {
    #             does                                                    says
    "approve":   (_approve,                                               "Approved."),
    "comment":   (lambda work, comment, document: comments.see(work, _exactly(document), comment), "Marked as seen."),
    "transfer":  (_record,                                                "Payment recorded. The client gets a receipt."),
    "lead":      (lambda work, lead, _: leads.contact(work, lead),        "Marked as contacted."),
    "failed":    (_retry,                                                 "A new draft is on its way."),
    "stale":     (_submit,                                                "Submitted for review."),
    "approved":  (_send,                                                  "Sent. The client has a mail with a link."),
    "expiring":  (lambda work, document, _: documents.remind(work, document), "Reminded. Whoever has to sign has a new mail."),
    "expired":   (lambda work, document, _: documents.extend(work, document), "Thirty more days. The signers have a new mail."),
    "declined":  (lambda work, document, _: documents.revise(work, document), "Back in draft."),
}
# fmt: on
