"""Asking somebody to approve a document: the request, the mail about it, and when it is brought back to mind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Approval, ApprovalRound, AppUser, Document
from contractflow.services import notifications
from contractflow.services.approval_policies.choosing import ESCALATE_AFTER, REMIND_AFTER


def ask(
    work: UnitOfWork,
    document: Document,
    request: Approval,
    approver: AppUser,
    author: str,
    round_: ApprovalRound | None = None,
) -> None:
    """Keep `request` of the locked `document`; its `approver` reads that `author` asks."""
    request.created_at = work.now
    remind_next(request, round_)
    work.db.add(request)
    notifications.queue(
        work,
        "approval_request",
        recipient=approver.email,
        user_id=approver.id,
        document_id=document.id,
        dedupe_key=f"approval:{request.id}",
        title=document.title,
        number=document.number,
        name=approver.name,
        author=author,
    )


def remind_next(request: Approval, round_: ApprovalRound | None) -> None:
    """Set when the request comes back to mind, after as many reminders as there were."""
    days = waits(round_)
    at = request.reminders
    request.remind_at = request.created_at + timedelta(days=days[at]) if at < len(days) else None


def waits(round_: ApprovalRound | None) -> Sequence[int]:
    """Days after which who is asked is reminded; the last one is for the owner and the admins."""
    if round_ is None:
        return (*REMIND_AFTER, ESCALATE_AFTER)
    return (*map(int, round_.remind_after), round_.escalate_after)
