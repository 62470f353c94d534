"""Whether mail reaches somebody at the address they gave: until it does, nothing of theirs goes to a client."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork


def proved(work: UnitOfWork, user_id: UUID) -> bool:
    """The person has opened what was mailed to their address. False when somebody else has proved it before."""
    return bool(work.db.scalar(text("SELECT gate_email_verified(:user_id)"), {"user_id": user_id}))
