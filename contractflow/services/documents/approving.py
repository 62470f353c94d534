"""Review: submitted to everybody who may approve, decided on exactly one version."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed
from contractflow.models import Approval as ApprovalRow
from contractflow.models import Comment, Document
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.approval_policies.choosing import plan_for
from contractflow.services.approval_policies.steps import MOST_STEPS
from contractflow.services.documents.people import owner_of
from contractflow.services.documents.rounds import OpenStep, open_next, open_round, open_step_of
from contractflow.services.documents.staleness import close_requests
from contractflow.services.documents.subject import current_version, subject
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import APPROVAL, STATUS, Approval, Status

COMMENT_LIMIT = 10_000
NOBODY = "There is nobody else who could approve this. Send it directly, or invite an admin first."
NOT_NEEDED = "It needs no approval. Send it directly."


def submit(work: UnitOfWork, document_id: UUID) -> None:
    """Ask for approval of the version as it is now, by the policy as it is now; the people of its first step are told."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.REVIEW and document.approval_status is Approval.PENDING:
        return
    facts = subject(work, document)
    plan = plan_for(work, document, current_version(work, document))
    if facts.needs_nothing:
        raise IllegalMove(NOT_NEEDED if plan.policy_id or not plan.steps else NOBODY)
    if document.status is Status.DRAFT:
        move(work, document, STATUS, "submit", subject=facts)
    move(work, document, APPROVAL, "request", subject=facts)
    open_round(work, document, plan, work.member.name)
    touched(work, document)


def approve(work: UnitOfWork, document_id: UUID, version_id: UUID, comment: str = "", step: int = 0) -> None:
    """Approve exactly the version the reader saw. Raises IllegalMove when it is no longer the current one.

    `step` is the one the reader saw, so that a second click does not answer the next one, too; 0 is whichever is open.
    """
    document = locked(work, Document, document_id, "document")
    request = _own_request(work, document, step)
    if request.decision == "approved":
        return
    _check_version(document, version_id)
    _check_asked(request)
    facts = subject(work, document)
    request.decision, request.decided_at = "approved", work.now
    request.comment = _comment(comment) or None
    work.db.flush()
    stands = open_step_of(work, document, lock=True)
    if not (stands.count.is_met and stands.is_last):
        _give(work, document, request, stands)
        return
    document.approved_version_id = document.current_version_id
    move(work, document, APPROVAL, "approve", subject=facts, version_id=str(document.current_version_id))
    close_requests(work, document)
    _tell_owner(work, document, "approval_decided", request.comment)


def request_changes(work: UnitOfWork, document_id: UUID, version_id: UUID, comment: str) -> None:
    """Send the document back to its author with a comment, which also stands in its thread."""
    document = locked(work, Document, document_id, "document")
    request = _own_request(work, document, 0)
    if request.decision == "changes_requested":
        return
    _check_version(document, version_id)
    text = _comment(comment)
    if not text:
        raise Invalid("Say what should change.", "comment")
    _check_asked(request)
    facts = subject(work, document, comment=text)
    request.decision, request.decided_at, request.comment = "changes_requested", work.now, text
    work.db.flush()
    move(work, document, APPROVAL, "object", subject=facts)
    move(work, document, STATUS, "return", subject=facts)
    close_requests(work, document)
    _comment_row(work, document, text)
    _tell_owner(work, document, "changes_requested", text)


def withdraw(work: UnitOfWork, document_id: UUID) -> None:
    """The author takes the document back from review."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.DRAFT:
        return
    facts = subject(work, document)
    move(work, document, STATUS, "withdraw", subject=facts)
    if document.approval_status in (Approval.PENDING, Approval.STALE, Approval.CHANGES_REQUESTED):
        move(work, document, APPROVAL, "clear", subject=facts)
    close_requests(work, document)
    touched(work, document)


def end_review(work: UnitOfWork, document: Document) -> None:
    """Nobody is left who could approve the locked `document`: back to draft with it, and its owner is told."""
    facts = subject(work, document)
    if document.status is Status.REVIEW:
        move(work, document, STATUS, "withdraw", subject=facts, reason="nobody is left to approve it")
    move(work, document, APPROVAL, "clear", subject=facts)
    close_requests(work, document)
    touched(work, document)
    owner = owner_of(work, document)
    notifications.queue(
        work,
        "review_ended",
        recipient=owner.email,
        user_id=owner.id,
        document_id=document.id,
        dedupe_key=f"review_ended:{document.id}:{document.approval_round}",
        title=document.title,
        name=owner.name,
    )


def _give(work: UnitOfWork, document: Document, request: ApprovalRow, stands: OpenStep) -> None:
    """One of several approvals: when its step is met, the next one is asked."""
    work.record(
        "approval:give", "approval", request.id, document_id=document.id, step=request.step_name,
        version_id=str(request.version_id),
    )  # fmt: skip
    if stands.count.is_met:
        close_requests(work, document)
        work.db.flush()
        open_next(work, document, stands)
    touched(work, document)


def _own_request(work: UnitOfWork, document: Document, step: int) -> ApprovalRow:
    """The latest round's request that names the member who acts, locked: the open one, else the last that was."""
    work.require(P.DOCUMENT_APPROVE)
    query = (
        select(ApprovalRow)
        .where(
            col(ApprovalRow.document_id) == document.id,
            col(ApprovalRow.round) == document.approval_round,
            col(ApprovalRow.approver_id) == work.member.membership_id,
        )
        .order_by(
            (col(ApprovalRow.decision) == "pending").desc(),
            col(ApprovalRow.step).desc(),
            col(ApprovalRow.id).desc(),
        )
        .with_for_update()
    )
    if 0 < step <= MOST_STEPS:
        query = query.where(col(ApprovalRow.step) == step)
    request = work.db.exec(query.limit(1)).first()
    if request is None:
        raise NotAllowed("Nobody asked you to approve this document.")
    return request


def _check_asked(request: ApprovalRow) -> None:
    """A request that was passed on is nobody's to answer any more."""
    if request.decision != "pending":
        raise NotAllowed("You are no longer asked to approve this document.")


def _check_version(document: Document, version_id: UUID) -> None:
    if document.current_version_id != version_id or document.approval_status is not Approval.PENDING:
        raise IllegalMove(
            "The document has changed since you opened it. Read the current version, then decide."
        )


def _comment(text: str) -> str:
    if len(text) > COMMENT_LIMIT:
        raise Invalid(f"This is too long: at most {COMMENT_LIMIT:,} characters.", "comment")
    return text.strip()


def _comment_row(work: UnitOfWork, document: Document, text: str) -> None:
    work.db.add(
        Comment(
            org_id=document.org_id,
            document_id=document.id,
            version_id=document.current_version_id,
            kind="change_request",
            visibility="internal",
            member_id=work.member.membership_id,
            body=text,
        )
    )


def _tell_owner(work: UnitOfWork, document: Document, kind: str, comment: str | None) -> None:
    touched(work, document)
    owner = owner_of(work, document)
    if owner.id == work.member.user_id:
        return
    notifications.queue(
        work,
        kind,
        recipient=owner.email,
        user_id=owner.id,
        document_id=document.id,
        dedupe_key=f"{kind}:{document.id}:{document.approval_round}:{work.member.membership_id}",
        title=document.title,
        number=document.number,
        name=owner.name,
        approver=work.member.name,
        comment=comment or "",
    )
