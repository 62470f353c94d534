"""Where people are signed in, and ending it: one, all others, all; one's own, a member's, everybody's.

The row says that a session was ended, in the transaction that says so in the trail; Redis and the open sockets follow
after the commit. A session that Redis still takes for living is refused with its next event all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed, NotFound
from contractflow.models import AppUser, AuthSession, Membership
from contractflow.permissions import Permission as P
from contractflow.permissions import Role, why_not
from contractflow.security.sessions import end_all, end_now, hasten_rotation, last_seen
from contractflow.services import devices, tiers
from contractflow.services.display import When, moment, shown


@dataclass(frozen=True)
class Place:
    """A member at this moment; `is_ended` when somebody has ended the session they act with.

    `suspended` is the reason why the organisation is, empty while it is not; `is_closing` while it is being deleted.
    `needs_factor`: it lets nobody in without a second factor.
    """

    membership_id: UUID
    role: Role
    user_name: str
    is_ended: bool
    org_name: str = ""
    suspended: str = ""
    has_factor: bool = False
    needs_factor: bool = False
    is_closing: bool = False
    is_unpaid: bool = False
    """Nobody pays for the organisation's plan, where tiers are for sale."""


@dataclass(frozen=True)
class SessionRow:
    """One device. `place` is the beginning of its address."""

    id: str
    device: str
    is_phone: bool
    place: str
    org_name: str
    signed_in: When
    seen: When
    is_this: bool


def place(work: UnitOfWork, user_id: UUID, org_id: UUID, family: UUID) -> Place | None:
    """What somebody is in an organisation now; None when nothing."""
    query = "SELECT * FROM gate_standing(:user, :org, :family), gate_factor_standing(:user, :org)"
    for row in _rows(work, query, user=user_id, org=org_id, family=family):
        facts = {**row, "role": Role.named(row["role"]), "suspended": row["suspended"] or ""}
        facts["is_unpaid"] = row["is_unpaid"] and tiers.is_billed()
        return Place(**facts)
    return None


def seen(work: UnitOfWork, family: UUID) -> None:
    """The person was active with this session."""
    _rows(work, "SELECT gate_session_seen(:family)", family=family)


def ended_among(work: UnitOfWork, families: Sequence[UUID]) -> list[UUID]:
    """Those of `families` that were ended."""
    if not families:
        return []
    return [
        row["family_id"] for row in _rows(work, "SELECT * FROM gate_sessions_ended(:all)", all=list(families))
    ]


def mine(work: UnitOfWork, current: str) -> list[SessionRow]:
    """Every device one is signed in with, this one first, then the last active ones."""
    work.require(P.ORG_READ)
    rows = _rows(work, "SELECT * FROM gate_own_sessions()")
    seen = last_seen([str(row["family_id"]) for row in rows])
    living = [
        _session(work, row, seen[str(row["family_id"])], current)
        for row in rows
        if str(row["family_id"]) in seen
    ]
    return sorted(living, key=lambda row: not row.is_this)


def end_one(work: UnitOfWork, family: UUID) -> None:
    """End one of one's own. Twice is the same as once. Raises NotFound for what is not there, or not one's own."""
    ended = _end(work, work.member.user_id, "ended by the person", family=family)
    if not ended and family not in ended_among(work, [family]):
        raise NotFound("session")
    for row in ended:
        work.record("session:end", "session", row["family_id"], device=devices.device(row["user_agent"]))


def end_others(work: UnitOfWork, current: UUID) -> int:
    """End all of one's own but the current one; how many."""
    ended = _end(work, work.member.user_id, "ended by the person", but=current)
    if ended:
        work.record("session:end_others", "app_user", work.member.user_id, sessions=len(ended))
    return len(ended)


def of_colleagues(work: UnitOfWork) -> dict[UUID, int]:
    """How many sessions each member has in this organisation, by the person's id."""
    work.require(P.MEMBER_END_SESSIONS)
    rows = _rows(work, "SELECT * FROM gate_colleagues_sessions()")
    living = last_seen([str(row["family_id"]) for row in rows])
    counted: dict[UUID, int] = {}
    for row in rows:
        if str(row["family_id"]) in living:
            counted[row["user_id"]] = counted.get(row["user_id"], 0) + 1
    return counted


def end_of_member(work: UnitOfWork, membership_id: UUID) -> int:
    """Sign a member out of this organisation everywhere; how many sessions that were. Nobody above one's own role."""
    work.require(P.MEMBER_END_SESSIONS)
    member = work.db.get(Membership, membership_id)
    if member is None:
        raise NotFound("member")
    if refused := why_not_end(work, member):
        raise NotAllowed(refused)
    ended = _end(work, member.user_id, "ended by an admin")
    if ended:
        name = work.db.get_one(AppUser, member.user_id).name
        work.record("member:end_sessions", "membership", member.id, person=name, sessions=len(ended))
    return len(ended)


def why_not_end(work: UnitOfWork, member: Membership) -> str:
    """Why somebody's sessions are not the actor's to end, in words; empty when they are."""
    if refused := why_not(work.actor, P.MEMBER_END_SESSIONS):
        return refused
    if member.role.value > work.member.role.value:
        return "You cannot end the sessions of somebody above your own role."
    return ""


def end_everywhere(work: UnitOfWork, user_id: UUID, reason: str, *, but: UUID | None = None) -> int:
    """All sessions of somebody, in every organisation: after a new password or second factor, which the caller has proved."""
    query = "SELECT * FROM gate_end_all_sessions(:user, :but, :reason)"
    ended = _rows(work, query, user=user_id, but=but, reason=reason)
    _cut(work, [row["family_id"] for row in ended])
    if but is None:
        work.after_commit(partial(end_all, str(user_id)))
    return len(ended)


def end_here(work: UnitOfWork, user_id: UUID, reason: str) -> int:
    """All sessions of somebody in this organisation, whose place in it the caller has just taken away.

    One's own in other organisations live on: the gate would end those of oneself everywhere.
    """
    if user_id != work.member.user_id:
        work.require(P.MEMBER_REMOVE)
        return len(_end(work, user_id, reason))
    own = select(AuthSession.family_id).where(
        col(AuthSession.user_id) == user_id,
        col(AuthSession.org_id) == work.member.org_id,
        col(AuthSession.revoked_at).is_(None),
    )
    return sum(len(_end(work, user_id, reason, family=family)) for family in work.db.exec(own).all())


def copied(work: UnitOfWork, family: UUID, user_id: UUID) -> None:
    """An old cookie came back: the session is over for whoever had it. Told once, by the first who notices."""
    if _rows(work, "SELECT gate_session_copied(:family) AS is_new", family=family)[0]["is_new"]:
        work.record("session:copied", "session", family, person=_name(work, user_id))


def renew_soon(work: UnitOfWork, user_id: UUID) -> None:
    """Somebody's rights change with this transaction: their cookies are replaced with their next page."""
    work.after_commit(partial(hasten_rotation, str(user_id)))


def _end(
    work: UnitOfWork, user_id: UUID, reason: str, *, family: UUID | None = None, but: UUID | None = None
) -> Sequence[RowMapping]:
    query = "SELECT * FROM gate_end_sessions(:user, :family, :but, :reason)"
    ended = _rows(work, query, user=user_id, family=family, but=but, reason=reason)
    _cut(work, [row["family_id"] for row in ended])
    return ended


def _cut(work: UnitOfWork, families: Sequence[UUID]) -> None:
    if families:
        work.after_commit(partial(end_now, [str(family) for family in families]))


def _session(work: UnitOfWork, row: RowMapping, seen: int, current: str) -> SessionRow:
    return SessionRow(
        id=str(row["family_id"]),
        device=devices.device(row["user_agent"]) or devices.UNKNOWN,
        is_phone=devices.is_phone(row["user_agent"]),
        place=devices.place(row["ip"]),
        org_name=row["org_name"] or "",
        signed_in=shown(work, row["created_at"]),
        seen=shown(work, moment(seen)),
        is_this=str(row["family_id"]) == current,
    )


def _name(work: UnitOfWork, user_id: UUID) -> str:
    person = work.db.get(AppUser, user_id)
    return person.name if person else ""


def _rows(work: UnitOfWork, query: str, **values: Any) -> Sequence[RowMapping]:
    return work.db.execute(text(query), values).mappings().all()
