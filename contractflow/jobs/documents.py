"""Documents whose time to sign has run out, and approvals that nobody has answered."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import System
from contractflow.services import documents


def expire(org_id: str, document_id: str) -> None:
    """Close one sent document whose date has passed. Safe to run twice."""
    with unit_of_work(System(UUID(org_id), "scheduler")) as work:
        documents.expire(work, UUID(document_id))


def attend_approval(org_id: str, approval_id: str) -> None:
    """Remind of one approval, or ask somebody else where its approver is gone. Safe to run twice."""
    with unit_of_work(System(UUID(org_id), "scheduler")) as work:
        documents.attend(work, UUID(approval_id))
