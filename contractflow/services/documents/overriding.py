"""The owner lets a version go on without the approvals it waits for: with a reason, which the certificate prints."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.models import Approval as ApprovalRow
from contractflow.models import ApprovalRound, AppUser, Document, Membership
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.approval_policies.steps import OWNER_AND_ADMINS
from contractflow.services.documents import approvers
from contractflow.services.documents.rounds import current_round
from contractflow.services.documents.staleness import close_requests
from contractflow.services.documents.subject import subject
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import APPROVAL, Approval

REASON_LIMIT = 500


def override_approval(work: UnitOfWork, document_id: UUID, version_id: UUID, reason: str) -> None:
    """Approve exactly the version the owner saw, whoever else is still asked. Twice is the same as once.

    Raises Invalid (field "reason"), IllegalMove when it is not under review or has changed, NotAllowed, ConfirmFirst.
    """
    document = locked(work, Document, document_id, "document")
    work.require(P.DOCUMENT_OVERRIDE_APPROVAL)
    if document.approval_status is Approval.APPROVED and document.approved_version_id == version_id:
        return
    said = " ".join(reason.split())
    if not said:
        raise Invalid("Say why; it is printed on the certificate.", "reason")
    if len(said) > REASON_LIMIT:
        raise Invalid(f"This is too long: at most {REASON_LIMIT} characters.", "reason")
    if document.approval_status is Approval.PENDING and document.current_version_id != version_id:
        raise IllegalMove(
            "The document has changed since you opened it. Read the current version, then decide."
        )
    facts = subject(work, document, reason=said)
    _sign_round(work, document, said)
    document.approved_version_id = document.current_version_id
    move(
        work, document, APPROVAL, "override_approval", subject=facts, reason=said,
        version_id=str(document.current_version_id),
    )  # fmt: skip
    _tell(work, document, said)
    close_requests(work, document)
    touched(work, document)


def _sign_round(work: UnitOfWork, document: Document, reason: str) -> None:
    round_ = current_round(work, document)
    if round_ is None and document.current_version_id is not None:
        round_ = ApprovalRound(
            org_id=document.org_id,
            document_id=document.id,
            version_id=document.current_version_id,
            round=max(1, document.approval_round),
            policy_name="Everything else",
            steps=[OWNER_AND_ADMINS.to_json()],
        )
        work.db.add(round_)
        work.db.flush()
    if round_ is not None:
        round_.overridden_at, round_.overridden_by = work.now, work.member.membership_id
        round_.override_reason = reason
        work.db.flush()


def _tell(work: UnitOfWork, document: Document, reason: str) -> None:
    """Whoever was asked, the admins and the document's owner; but not who did it."""
    asked = (
        select(AppUser)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .join(ApprovalRow, col(ApprovalRow.approver_id) == Membership.id)
        .where(
            col(ApprovalRow.document_id) == document.id,
            col(ApprovalRow.round) == document.approval_round,
            col(ApprovalRow.decision) == "pending",
        )
    )
    owner = select(AppUser).join(Membership, col(Membership.user_id) == AppUser.id)
    owner = owner.where(col(Membership.id) == document.owner_id)
    told = {person.id: person for _, person in approvers.leaders(work, document)}
    told |= {person.id: person for query in (asked, owner) for person in work.db.exec(query)}
    for person in sorted(told.values(), key=lambda one: one.id):
        if person.id == work.member.user_id:
            continue
        notifications.queue(
            work,
            "approval_overridden",
            recipient=person.email,
            user_id=person.id,
            document_id=document.id,
            dedupe_key=f"approval_overridden:{document.id}:{document.approval_round}:{person.id}",
            title=document.title,
            name=person.name,
            actor=work.member.name,
            reason=reason,
        )
