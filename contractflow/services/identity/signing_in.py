"""What the door asks: whose an address is, and what proves it. Before anybody is signed in, only gates answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Credentials:
    """`is_confirmed`: the address is proved to be theirs; otherwise they only claim it."""

    user_id: UUID
    name: str
    password_hash: str | None
    is_confirmed: bool


def credentials(work: UnitOfWork, email: str, known: Sequence[UUID] = ()) -> list[Credentials]:
    """Whose `email` is: the one who confirmed it first, then the newest of those in `known` who claim it."""
    found = work.db.execute(
        text("SELECT * FROM gate_credentials(:email, CAST(:known AS uuid[]))"),
        {"email": email.strip().casefold(), "known": list(known)},
    ).mappings()
    return [Credentials(**row) for row in found]


def password_of(work: UnitOfWork, user_id: UUID) -> str | None:
    """The stored hash, for somebody who is asked for their password again."""
    stored: str | None = work.db.scalar(text("SELECT gate_password_of(:user_id)"), {"user_id": user_id})
    return stored


def change_password(work: UnitOfWork, user_id: UUID, password_hash: str | None) -> None:
    """The caller has proved who it is: by a link, or by the present password."""
    values = {"user_id": user_id, "hashed": password_hash}
    work.db.execute(text("SELECT gate_change_password(:user_id, :hashed)"), values)


def forget_password(work: UnitOfWork, user_id: UUID) -> None:
    """No password opens the account until a new one is chosen by mail."""
    change_password(work, user_id, None)


def proved(work: UnitOfWork, user_id: UUID) -> bool:
    """The person has opened what was mailed to their address. False when somebody else has proved it before."""
    return bool(work.db.scalar(text("SELECT gate_email_verified(:user_id)"), {"user_id": user_id}))


def signed_in(work: UnitOfWork, user_id: UUID) -> None:
    work.db.execute(text("SELECT gate_login_succeeded(:user_id)"), {"user_id": user_id})


def rehashed(work: UnitOfWork, user_id: UUID, old: str, new: str) -> None:
    """The same password under today's settings, unless it was changed in the meantime."""
    values = {"user_id": user_id, "old": old, "new": new}
    work.db.execute(text("SELECT gate_rehash_password(:user_id, :old, :new)"), values)
