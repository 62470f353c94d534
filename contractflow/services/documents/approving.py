"""Review: submitted to everybody who may approve, decided on exactly one version."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed
from contractflow.models import Approval as ApprovalRow
from contractflow.models import Comment, Document, Membership
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.documents import approvers
from contractflow.services.documents.asking import ask
from contractflow.services.documents.people import owner_of
from contractflow.services.documents.staleness import close_requests
from contractflow.services.documents.subject import subject
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import APPROVAL, STATUS, Approval, Status

COMMENT_LIMIT = 10_000


def submit(work: UnitOfWork, document_id: UUID) -> None:
    """Ask for approval of the version as it is now; everybody who may approve is told."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.REVIEW and document.approval_status is Approval.PENDING:
        return
    facts = subject(work, document)
    people = approvers.eligible(work, document)
    if not people:
        raise IllegalMove(
            "There is nobody else who could approve this. Send it directly, or invite an admin first."
        )
    if document.status is Status.DRAFT:
        move(work, document, STATUS, "submit", subject=facts)
    move(work, document, APPROVAL, "request", subject=facts)
    document.approval_round += 1
    for membership, person in people:
        ask(work, document, _request(document, membership), person, work.member.name)
    touched(work, document)


def approve(work: UnitOfWork, document_id: UUID, version_id: UUID, comment: str = "") -> None:
    """Approve exactly the version the reader saw. Raises IllegalMove when it is no longer the current one."""
    document = locked(work, Document, document_id, "document")
    request = _own_request(work, document)
    if request.decision == "approved":
        return
    _check_version(document, version_id)
    _check_asked(request)
    facts = subject(work, document)
    request.decision, request.decided_at = "approved", work.now
    request.comment = _comment(comment) or None
    work.db.flush()
    document.approved_version_id = document.current_version_id
    move(work, document, APPROVAL, "approve", subject=facts, version_id=str(document.current_version_id))
    close_requests(work, document)
    _tell_owner(work, document, "approval_decided", request.comment)


def request_changes(work: UnitOfWork, document_id: UUID, version_id: UUID, comment: str) -> None:
    """Send the document back to its author with a comment, which also stands in its thread."""
    document = locked(work, Document, document_id, "document")
    request = _own_request(work, document)
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


def _request(document: Document, membership: Membership) -> ApprovalRow:
    """Raises IllegalMove while there is no text that could be approved."""
    if document.current_version_id is None:
        raise IllegalMove("Write or draft the document first.")
    return ApprovalRow(
        org_id=document.org_id,
        document_id=document.id,
        version_id=document.current_version_id,
        round=document.approval_round,
        step=1,
        approver_id=membership.id,
        rule="owner and admins",
    )


def _own_request(work: UnitOfWork, document: Document) -> ApprovalRow:
    """The latest round's request that names the member who acts, locked."""
    work.require(P.DOCUMENT_APPROVE)
    query = (
        select(ApprovalRow)
        .where(
            col(ApprovalRow.document_id) == document.id,
            col(ApprovalRow.round) == document.approval_round,
            col(ApprovalRow.approver_id) == work.member.membership_id,
        )
        .with_for_update()
    )
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
