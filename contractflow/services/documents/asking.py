"""Asking somebody to approve a document: the request, and the mail about it."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Approval, AppUser, Document
from contractflow.services import notifications


def ask(work: UnitOfWork, document: Document, request: Approval, approver: AppUser, author: str) -> None:
    """Keep `request` of the locked `document`; its `approver` reads that `author` asks. Twice in a round is one mail."""
    work.db.add(request)
    notifications.queue(
        work,
        "approval_request",
        recipient=approver.email,
        user_id=approver.id,
        document_id=document.id,
        dedupe_key=f"approval:{document.id}:{document.approval_round}:{request.approver_id}",
        title=document.title,
        number=document.number,
        name=approver.name,
        author=author,
    )
