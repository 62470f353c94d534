"""Browsers that a person told us to remember: there the password is enough, for thirty days."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.security.links import token_hash
from contractflow.services.factors.rows import ask

DAYS: Final = 30
TRUST_SECONDS: Final = DAYS * 24 * 3600


def trust(work: UnitOfWork, secret: str) -> None:
    """Remember the browser that holds `secret`, for the member who acts."""
    member = work.member
    ask(
        work,
        "SELECT gate_device_trust(:user_id, :hash, :ip, :agent, :until)",
        user_id=member.user_id,
        hash=token_hash(secret),
        ip=member.ip,
        agent=member.user_agent,
        until=work.now + timedelta(days=DAYS),
    )
    work.record("factor:trust_device", "app_user", member.user_id)


def is_trusted(work: UnitOfWork, user_id: UUID, secret: str) -> bool:
    """Whether the browser that holds `secret` was remembered for this person, and still is."""
    return bool(
        ask(
            work,
            "SELECT gate_device_trusted(:user_id, :hash)",
            user_id=user_id,
            hash=token_hash(secret),
        )
    )


def forget_device(work: UnitOfWork, device_id: UUID) -> None:
    """It has to show the second factor again; twice is the same as once."""
    member = work.member
    if ask(work, "SELECT gate_device_forget(:id)", id=device_id):
        work.record("factor:forget_device", "app_user", member.user_id)
