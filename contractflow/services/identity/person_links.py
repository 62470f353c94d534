"""Mailed links of a person: they work once, for a while, and a newer one of the same purpose ends the older ones.

Only those that undo a change stay beside each other: a second change must not shut out who undoes the first. They
belong to no organisation, so only the gates of the database see them. The token is derived, its hash is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models.columns import uuid7
from contractflow.security.links import token_hash
from contractflow.services import links


class Purpose(StrEnum):
    VERIFY = "verify_email"
    CHANGE = "change_email"
    UNDO = "undo_email"
    RESET = "reset_password"


LIVES: Final = {
    Purpose.VERIFY: timedelta(days=1),
    Purpose.CHANGE: timedelta(days=1),
    Purpose.UNDO: timedelta(days=7),
    Purpose.RESET: timedelta(minutes=30),
}

PROBLEMS: Final = {
    "": "This link does not exist. Open it from the mail again, whole.",
    "used": "This link was used already. It works once.",
    "revoked": "This link does not work any more: a newer one took its place, or it was taken back.",
    "expired": "This link has expired.",
}


@dataclass(frozen=True)
class PersonLink:
    """`email` is the address the link was mailed to or is about, `present` the one the person has now.

    `problem` says why it cannot be used; empty while it can.
    """

    id: UUID
    purpose: Purpose
    user_id: UUID
    email: str
    present: str
    name: str
    problem: str


def issue(
    work: UnitOfWork, purpose: Purpose, user_id: UUID, email: str, token_id: UUID | None = None
) -> UUID:
    """A new link about `email`; returns the id that its mail derives the token from."""
    token_id = token_id or uuid7()
    work.db.execute(
        text("SELECT gate_issue_link(:id, :purpose, :user_id, :email, :hashed, :life)"),
        {"id": token_id, "purpose": purpose.value, "user_id": user_id, "email": email,
         "hashed": token_hash(links.person_token(token_id)), "life": LIVES[purpose]},
    )  # fmt: skip
    return token_id


def look_up(work: UnitOfWork, token: str, *purposes: Purpose) -> PersonLink | None:
    """What a link is for; None when there is no such link for any of these purposes."""
    found = work.db.execute(
        text("SELECT * FROM gate_link(:hashed)"), {"hashed": token_hash(token)}
    ).one_or_none()
    if found is None or found.purpose not in purposes:
        return None
    problem = "" if found.state == "open" else PROBLEMS[found.state]
    return PersonLink(
        found.id,
        Purpose(found.purpose),
        found.user_id,
        found.email,
        found.present_email,
        found.name,
        problem,
    )


def usable(work: UnitOfWork, token: str, *purposes: Purpose) -> PersonLink:
    """The same. Raises Invalid with the sentence when it cannot be used."""
    link = look_up(work, token, *purposes)
    if link is None or link.problem:
        raise Invalid(link.problem if link else PROBLEMS[""])
    return link


def use(work: UnitOfWork, link: PersonLink) -> None:
    """Spend it. Of two who do so at the same time the second is refused. Raises Invalid."""
    if not work.db.scalar(text("SELECT gate_use_link(:id)"), {"id": link.id}):
        raise Invalid(PROBLEMS["used"])


def revoke(work: UnitOfWork, user_id: UUID, *purposes: Purpose) -> None:
    """End the open links of these purposes."""
    values = {"user_id": user_id, "purposes": [purpose.value for purpose in purposes]}
    work.db.execute(text("SELECT gate_revoke_links(:user_id, :purposes)"), values)
