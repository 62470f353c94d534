"""What the gates answer about somebody's factors. Nobody reads those tables otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound


@dataclass(frozen=True)
class Factors:
    """`locked_secret` is there from the moment an app is offered it; it counts once it was `enabled_at`."""

    email: str
    name: str
    password_hash: str | None
    locked_secret: bytes | None
    enabled_at: datetime | None
    recovery_left: int
    passkeys: int

    @property
    def is_any(self) -> bool:
        return self.enabled_at is not None or self.passkeys > 0


@dataclass(frozen=True)
class KnownPasskey:
    id: UUID
    credential_id: bytes
    name: str
    is_synced: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Standing:
    has_factor: bool
    needs_factor: bool


def standing(work: UnitOfWork, user_id: UUID, org_id: UUID) -> Standing:
    """Whether somebody has a second factor, and whether the organisation asks for one."""
    ids = {"user_id": user_id, "org_id": org_id}
    row = work.db.execute(text("SELECT * FROM gate_factor_standing(:user_id, :org_id)"), ids).one()
    return Standing(row.has_factor, row.needs_factor)


def factors_of(work: UnitOfWork, user_id: UUID) -> Factors:
    """Raises NotFound for somebody who is no more."""
    row = work.db.execute(text("SELECT * FROM gate_factors(:user_id)"), {"user_id": user_id}).one_or_none()
    if row is None:
        raise NotFound("person")
    return Factors(
        row.email,
        row.name,
        row.password_hash,
        row.totp_secret_enc,
        row.totp_enabled_at,
        row.recovery_left,
        row.passkeys,
    )


def passkeys_of(work: UnitOfWork, user_id: UUID) -> list[KnownPasskey]:
    """The oldest first."""
    rows = work.db.execute(text("SELECT * FROM gate_passkeys(:user_id)"), {"user_id": user_id})
    return [
        KnownPasskey(row.id, row.credential_id, row.name, row.is_synced, row.created_at, row.last_used_at)
        for row in rows
    ]


def ask(work: UnitOfWork, sql: str, **values: Any) -> Any:
    """The one value a gate answers."""
    return work.db.execute(text(sql), values).scalar_one_or_none()
