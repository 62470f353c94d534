"""Naming colleagues in a comment: suggested by name, kept by id, read by name again.

A kept text has `@[membership id]` where somebody is named. Only an id that stands in the comment's own `mentions` is
read as one: whoever types such a mark by hand has typed those signs and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import AppUser, Membership
from contractflow.permissions import Permission as P
from contractflow.workflows.membership import MembershipStatus

MOST_SUGGESTED = 8
MOST_MENTIONED = 20
_MARK = re.compile(r"@\[([0-9a-f-]{36})\]")


@dataclass(frozen=True)
class PersonRow:
    """Somebody who can be mentioned; `note` tells two of one name apart."""

    id: str
    name: str
    note: str


@dataclass(frozen=True)
class Part:
    """A piece of a comment: plain text, or the name of somebody."""

    text: str
    is_mention: bool = False


def people(work: UnitOfWork, text: str) -> list[PersonRow]:
    """Colleagues whose name or address begins like `text`, then those that have it anywhere; a few of them."""
    work.require(P.COMMENT_WRITE)
    words = " ".join(text.split())[:60].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    begins = col(AppUser.name).ilike(f"{words}%")
    query = (
        select(Membership.id, AppUser.name, AppUser.email)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(
            col(Membership.org_id) == work.actor.org_id,
            col(Membership.status) == MembershipStatus.ACTIVE,
            col(Membership.id) != work.member.membership_id,
            col(AppUser.name).ilike(f"%{words}%") | col(AppUser.email).ilike(f"{words}%"),
        )
        .order_by(begins.desc(), col(AppUser.name), col(Membership.id))
        .limit(MOST_SUGGESTED)
    )
    return [PersonRow(str(key), name, email) for key, name, email in work.db.exec(query)]


def marked(work: UnitOfWork, body: str, picked: Collection[str]) -> tuple[str, list[UUID]]:
    """`body` with a mark for every “@Name” of a colleague, and whom it names.

    `picked` are the ids the writer chose from the suggestions: they say who is meant where two have the same name.
    Raises Invalid when it names too many.
    """
    found = _named(work, body) if "@" in body else []
    names = [name.casefold() for _, name in found]
    meant = [
        (key, name) for key, name in found if names.count(name.casefold()) == 1 or str(key) in set(picked)
    ]
    mentioned: list[UUID] = []
    for key, name in sorted(meant, key=lambda pair: -len(pair[1])):  # “@Ann Lee” is not “@Ann”
        before = body
        body = re.sub(rf"@{re.escape(name)}(?!\w)", f"@[{key}]", body, flags=re.IGNORECASE)
        mentioned += [key] if body != before else []
    if len(mentioned) > MOST_MENTIONED:
        raise Invalid(f"Name at most {MOST_MENTIONED} people in one comment.", "body")
    return body, mentioned


def parts(body: str, mentions: Iterable[UUID], name_of: Callable[[UUID], str]) -> list[Part]:
    """The text with names in place of marks."""
    known = {str(key): key for key in mentions}
    pieces, end = [], 0
    for mark in _MARK.finditer(body):
        if mark[1] in known:
            pieces += [Part(body[end : mark.start()]), Part(f"@{name_of(known[mark[1]])}", True)]
            end = mark.end()
    return [piece for piece in (*pieces, Part(body[end:])) if piece.text]


def plain(pieces: Iterable[Part]) -> str:
    return "".join(piece.text for piece in pieces)


def names(work: UnitOfWork, members: Collection[UUID]) -> dict[UUID, str]:
    """By membership, also of those who have left. One query, none for nobody."""
    if not members:
        return {}
    query = select(Membership.id, AppUser.name).join(AppUser, col(AppUser.id) == Membership.user_id)
    return dict(work.db.exec(query.where(col(Membership.id).in_(members))).all())


def _named(work: UnitOfWork, body: str) -> list[tuple[UUID, str]]:
    query = (
        select(Membership.id, AppUser.name)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(
            col(Membership.org_id) == work.actor.org_id,
            col(Membership.status) == MembershipStatus.ACTIVE,
            func.strpos(func.lower(body), func.lower("@" + col(AppUser.name))) > 0,
        )
        .order_by(col(Membership.id))
        .limit(10 * MOST_MENTIONED)
    )
    return [(key, name) for key, name in work.db.exec(query)]
