"""Approvals that wait: reminded by themselves after some days, by hand at any time, and told to the leaders at last."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models import Approval as ApprovalRow
from contractflow.models import AppUser, Document, Membership
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.approval_policies.people import APPROVERS
from contractflow.services.display import shown
from contractflow.services.documents import approvers
from contractflow.services.documents.asking import remind_next, waits
from contractflow.services.documents.passing import attend_gone
from contractflow.services.documents.rounds import current_round, open_step_of
from contractflow.services.moving import locked, touched
from contractflow.workflows.document import Approval
from contractflow.workflows.membership import MembershipStatus

AGAIN_AFTER = timedelta(hours=4)
"""How long after a reminder by hand the next one may come."""


def attend(work: UnitOfWork, approval_id: UUID) -> None:
    """Remind of one request whose time has come, or ask somebody else where its approver is gone. Safe to run twice."""
    work.require(P.DOCUMENT_REMIND)
    document_id = work.db.exec(
        select(ApprovalRow.document_id).where(col(ApprovalRow.id) == approval_id)
    ).first()
    if document_id is None:
        return
    document = locked(work, Document, document_id, "document")
    request = locked(work, ApprovalRow, approval_id, "request")
    is_current = request.round == document.approval_round and document.approval_status is Approval.PENDING
    if request.decision != "pending" or not is_current:
        return
    place = work.db.get_one(Membership, request.approver_id)
    if place.status is not MembershipStatus.ACTIVE or place.role not in APPROVERS:
        attend_gone(work, document, request)
    elif request.remind_at is not None and request.remind_at <= work.now:
        _remind_by_time(work, document, request, work.db.get_one(AppUser, place.user_id))


def remind_approvers(work: UnitOfWork, document_id: UUID) -> None:
    """Mail everybody else who is waited for once more; again after four hours at the earliest.

    For the owner of the document and for admins. Raises IllegalMove when nobody else is waited for or it is too soon.
    """
    document = locked(work, Document, document_id, "document")
    work.require(P.DOCUMENT_REMIND, own=document.owner_id == work.member.membership_id)
    stands = open_step_of(work, document, lock=True)
    me = work.member.membership_id
    waiting = [one for one in stands.requests if one.decision == "pending" and one.approver_id != me]
    if document.approval_status is not Approval.PENDING or not waiting:
        raise IllegalMove("Nobody else is asked to approve it now.")
    last = stands.round.reminded_at if stands.round else None
    if last is not None and last + AGAIN_AFTER > work.now:
        again = shown(work, last + AGAIN_AFTER)
        raise IllegalMove(
            f"They were reminded {shown(work, last).ago}. You can remind them again at {again.clock}."
        )
    if stands.round is not None:
        stands.round.reminded_at = work.now
    for request in waiting:
        place = work.db.get_one(Membership, request.approver_id)
        by_hand = f"hand:{work.now:%Y-%m-%d-%H-%M}"
        _mail(work, document, request, work.db.get_one(AppUser, place.user_id), by_hand)
    work.record(
        "document:remind_approvers", "document", document.id, document_id=document.id, step=stands.step.name
    )
    touched(work, document)


def _remind_by_time(work: UnitOfWork, document: Document, request: ApprovalRow, person: AppUser) -> None:
    round_ = current_round(work, document)
    is_last = request.reminders >= len(waits(round_)) - 1
    request.reminders += 1
    remind_next(request, round_)
    by = work.system("scheduler")
    facts = {"document_id": document.id, "by": by, "person": person.name, "step": request.step_name}
    if not is_last:
        _mail(work, document, request, person, str(request.reminders))
        work.record("approval:remind", "approval", request.id, **facts)  # type: ignore[arg-type]
        return
    days = (work.now - request.created_at).days
    for place, leader in approvers.leaders(work, document):
        if leader.id == person.id:
            _mail(work, document, request, person, str(request.reminders))
            continue
        notifications.queue(
            work,
            "approval_waits",
            recipient=leader.email,
            user_id=leader.id,
            document_id=document.id,
            dedupe_key=f"approval_waits:{document.id}:{request.round}:{request.step}:{place.id}",
            title=document.title,
            name=leader.name,
            approver=person.name,
            step=request.step_name,
            days=days,
        )
    work.record("approval:escalate", "approval", request.id, **facts)  # type: ignore[arg-type]


def _mail(work: UnitOfWork, document: Document, request: ApprovalRow, person: AppUser, which: str) -> None:
    notifications.queue(
        work,
        "approval_reminder",
        recipient=person.email,
        user_id=person.id,
        document_id=document.id,
        dedupe_key=f"approval_reminder:{request.id}:{which}",
        title=document.title,
        number=document.number,
        name=person.name,
        days=(work.now - request.created_at).days,
    )
