"""Approval is of one exact version: any change of content takes it back."""

from __future__ import annotations

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Approval as ApprovalRow
from contractflow.models import Document
from contractflow.services.moving import move
from contractflow.workflows.document import APPROVAL, Approval


def outdate_approval(work: UnitOfWork, document: Document) -> None:
    """Make a pending or given approval stale; open requests of the round are closed as skipped."""
    if document.approval_status not in (Approval.PENDING, Approval.APPROVED):
        return
    move(work, document, APPROVAL, "outdate", by=work.system("content change"))
    close_requests(work, document)


def close_requests(work: UnitOfWork, document: Document) -> None:
    """Nobody is asked any longer: what is still pending in this round becomes skipped."""
    query = select(ApprovalRow).where(
        col(ApprovalRow.document_id) == document.id,
        col(ApprovalRow.round) == document.approval_round,
        col(ApprovalRow.decision) == "pending",
    )
    for request in work.db.exec(query):
        request.decision = "skipped"
        request.decided_at = work.now
