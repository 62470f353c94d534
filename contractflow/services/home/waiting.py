"""What can wait for somebody: one row for each kind, with the question that finds it.

Every question answers the same columns, is of one organisation by row-level security, and follows an index that holds
little more than what waits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Approval as ApprovalRow
from contractflow.models import Client, Comment, Contact, Document, DraftJob, Invoice, Lead, Payment
from contractflow.permissions import Permission as P
from contractflow.workflows.billing import UNPAID, PaymentStatus
from contractflow.workflows.crm import LeadStatus
from contractflow.workflows.document import Approval, Generation, Status

SOON = timedelta(days=7)
MOST_ASKED = 50
LONGEST_WORDS = 90
"""Characters of a comment that its row repeats."""
Question = Callable[[UnitOfWork], Select[Any]]


class Kind(NamedTuple):
    """`action` is the button's word, empty where the work is to read or to write; `needs` is what it asks for."""

    action: str
    needs: P
    own: bool
    question: Question


def _rows(entity: Any, seen: Any, words: Any, who: Any, money: tuple[Any, Any], at: Any) -> Select[Any]:
    """`who` is the id of a client, or says itself who it is."""
    shown: list[Any] = [
        entity.label("id"), seen.label("seen"), words.label("words"), who.label("who"), money[0].label("minor"),
        money[1].label("currency"), at.label("at"),
    ]  # fmt: skip
    return select(*shown)


def _documents(at: Any, seen: Any = None) -> Select[Any]:
    """`seen` is what exactly a click is about: by default the version as it is."""
    version = col(Document.current_version_id) if seen is None else seen
    money = col(Document.total_minor), col(Document.currency)
    return _rows(col(Document.id), version, col(Document.title), col(Document.client_id), money, at).where(
        col(Document.deleted_at).is_(None)
    )


def _own(work: UnitOfWork, at: Any, seen: Any = None) -> Select[Any]:
    return _documents(at, seen).where(col(Document.owner_id) == work.member.membership_id)


def _asked(work: UnitOfWork) -> Select[Any]:
    """Of the oldest MOST_ASKED requests: no more documents than these are looked at."""
    oldest = (
        select(ApprovalRow)
        .where(
            col(ApprovalRow.approver_id) == work.member.membership_id, col(ApprovalRow.decision) == "pending"
        )
        .order_by(col(ApprovalRow.created_at), col(ApprovalRow.document_id))
        .limit(MOST_ASKED)
    )
    request = aliased(ApprovalRow, oldest.subquery())
    return (
        _documents(col(request.created_at), col(request.id))
        .join(request, col(request.document_id) == Document.id)
        .where(
            col(request.round) == Document.approval_round,
            col(Document.approval_status) == Approval.PENDING,
        )
    )


def _failed(work: UnitOfWork) -> Select[Any]:
    job = (
        select(col(DraftJob.id))
        .where(col(DraftJob.document_id) == Document.id)
        .order_by(col(DraftJob.queued_at).desc(), col(DraftJob.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    return _own(work, col(Document.updated_at), job).where(
        col(Document.generation_status) == Generation.FAILED, col(Document.status) == Status.DRAFT
    )


def _changes(work: UnitOfWork) -> Select[Any]:
    return _own(work, col(Document.updated_at)).where(
        col(Document.approval_status) == Approval.CHANGES_REQUESTED,
        col(Document.status) == Status.DRAFT,
    )


def _stale(work: UnitOfWork) -> Select[Any]:
    return _own(work, col(Document.updated_at)).where(
        col(Document.approval_status) == Approval.STALE,
        col(Document.status).in_([Status.DRAFT, Status.REVIEW]),
    )


def _approved(work: UnitOfWork) -> Select[Any]:
    return _own(work, col(Document.updated_at)).where(
        col(Document.approval_status) == Approval.APPROVED,
        col(Document.status) == Status.REVIEW,
    )


def _of_status(status: Status) -> Question:
    return lambda work: _own(work, col(Document.updated_at)).where(col(Document.status) == status)


def _expiring(work: UnitOfWork) -> Select[Any]:
    """Out with the client for another week at most."""
    return _own(work, col(Document.expires_at)).where(
        col(Document.status) == Status.SENT, col(Document.expires_at) < work.now + SOON
    )


def _unwritten(work: UnitOfWork) -> Select[Any]:
    return _of_status(Status.DRAFT)(work).where(
        col(Document.approval_status) == Approval.NONE,
        col(Document.generation_status).in_([Generation.IDLE, Generation.READY, Generation.CANCELLED]),
    )


def _transfers(_: UnitOfWork) -> Select[Any]:
    return (
        _rows(
            col(Invoice.id),
            col(Payment.id),
            func.concat_ws(" · ", col(Invoice.number), col(Invoice.label)),
            col(Invoice.client_id),
            (col(Payment.amount_minor), col(Payment.currency)),
            col(Payment.created_at),
        )
        .join(Payment, col(Payment.invoice_id) == Invoice.id)
        .where(col(Payment.provider) == "manual", col(Payment.status) == PaymentStatus.PENDING)
    )


def _overdue(work: UnitOfWork) -> Select[Any]:
    open_ = col(Invoice.total_minor) - col(Invoice.paid_minor)
    words = func.concat_ws(" · ", col(Invoice.number), col(Invoice.label))
    return (
        _rows(col(Invoice.id), null(), words, col(Invoice.client_id), (open_, col(Invoice.currency)), col(Invoice.due_on))
        .where(
            col(Invoice.status).in_(UNPAID),
            col(Invoice.due_on) < work.now.date(),
        )
    )  # fmt: skip


def _leads(work: UnitOfWork) -> Select[Any]:
    mine = col(Lead.assigned_to).is_(None) | (col(Lead.assigned_to) == work.member.membership_id)
    money = col(Lead.budget_minor), col(Lead.currency)
    return _rows(
        col(Lead.id), null(), col(Lead.name), func.coalesce(Lead.company, Lead.email), money, col(Lead.created_at)
    ).where(col(Lead.status) == LeadStatus.NEW, mine)  # fmt: skip


def _clients_words(work: UnitOfWork) -> Select[Any]:
    """The newest of every thread that nobody has answered, settled or said to have seen; about documents of one's own."""
    later = aliased(Comment)
    thread = func.coalesce(col(Comment.parent_id), Comment.id)
    is_followed = (
        select(col(later.id))
        .where(
            func.coalesce(col(later.parent_id), later.id) == thread,
            col(later.document_id) == Comment.document_id,
            col(later.contact_id).is_not(None),
            col(later.seen_at).is_(None),
            col(later.deleted_at).is_(None),
            col(later.id) > col(Comment.id),
        )
        .exists()
    )
    body = func.left(func.regexp_replace(col(Comment.body), r"\s+", " ", "g"), LONGEST_WORDS)
    author = select(col(Contact.name)).where(col(Contact.id) == Comment.contact_id).scalar_subquery()
    client = select(col(Client.name)).where(col(Client.id) == Document.client_id).scalar_subquery()
    words, who = (
        func.concat("“", body, "” · ", col(Document.title)),
        func.concat_ws(" · ", author, client),
    )
    return (
        _rows(col(Comment.id), col(Document.id), words, who, (null(), null()), col(Comment.created_at))
        .join(Document, col(Document.id) == Comment.document_id)
        .where(
            col(Comment.contact_id).is_not(None),
            col(Comment.seen_at).is_(None),
            col(Comment.deleted_at).is_(None),
            col(Document.deleted_at).is_(None),
            col(Document.owner_id) == work.member.membership_id,
            ~is_followed,
        )
        .add_columns(thread.label("thread"))
    )


# fmt: off
KINDS = {
    #                      its button        what it asks for     one's own  finds
    "approve":        Kind("Approve",        P.DOCUMENT_APPROVE,  False,     _asked),
    "comment":        Kind("Mark as seen",   P.COMMENT_WRITE,     True,      _clients_words),
    "transfer":       Kind("Record payment", P.PAYMENT_RECORD,    False,     _transfers),
    "lead":           Kind("Mark contacted", P.LEAD_WRITE,        False,     _leads),
    "failed":         Kind("Retry",          P.DOCUMENT_GENERATE, True,      _failed),
    "changes":        Kind("",               P.DOCUMENT_EDIT,     True,      _changes),
    "stale":          Kind("Submit again",   P.DOCUMENT_SUBMIT,   True,      _stale),
    "approved":       Kind("Send to client", P.DOCUMENT_SEND,     True,      _approved),
    "expiring":       Kind("Remind",         P.DOCUMENT_REMIND,   True,      _expiring),
    "expired":        Kind("Extend",         P.DOCUMENT_EXTEND,   True,      _of_status(Status.EXPIRED)),
    "declined":       Kind("Revise",         P.DOCUMENT_RECALL,   True,      _of_status(Status.DECLINED)),
    "overdue":        Kind("",               P.INVOICE_ISSUE,     False,     _overdue),
    "draft":          Kind("",               P.DOCUMENT_EDIT,     True,      _unwritten),
}
# fmt: on
"""In the order in which they wait: first what holds up somebody else."""
