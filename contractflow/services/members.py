"""The people of the organisation: who is in, who is invited, and asking somebody in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotAllowed, NotFound
from contractflow.models import AppUser, Membership, OneTimeToken, Org
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.permissions import Role
from contractflow.security.links import token_hash
from contractflow.services import limits, links, notifications
from contractflow.services.clients import address
from contractflow.services.display import When, when
from contractflow.services.moving import locked

INVITE_LIFE = timedelta(days=7)
MOST = 200
INVITABLE = {"admin": "Admin", "member": "Member", "viewer": "Viewer"}


@dataclass(frozen=True)
class MemberRow:
    id: str
    name: str
    email: str
    role: str
    status: str
    is_you: bool


@dataclass(frozen=True)
class InviteRow:
    id: str
    email: str
    role: str
    expires: When


@dataclass(frozen=True)
class MembersPage:
    can_invite: bool = False
    why_not: str = ""
    seats: str = ""
    members: list[MemberRow] = field(default_factory=list)
    invites: list[InviteRow] = field(default_factory=list)


def page(work: UnitOfWork) -> MembersPage:
    """Everybody in the organisation and every open invitation."""
    work.require(P.MEMBER_READ)
    query = (
        select(Membership, AppUser)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .order_by(col(AppUser.name), col(Membership.id))
        .limit(MOST)
    )
    people = [
        MemberRow(str(m.id), u.name, u.email, m.role.label, m.status, u.id == work.member.user_id)
        for m, u in work.db.exec(query)
    ]
    may = work.actor.may(P.MEMBER_INVITE)
    invites = [
        InviteRow(str(t.id), t.email, t.role.label if t.role else "", when(t.expires_at, work.now))
        for t in _open(work)
    ]
    return MembersPage(
        can_invite=may,
        why_not="" if may else "Only admins and above can invite members.",
        seats=f"{len(people) + len(invites)} of {limits.use_of(work, 'seats').limit} seats",
        members=people,
        invites=invites if may else [],
    )


def invite(work: UnitOfWork, email: str, role: str) -> UUID:
    """Invite `email` as `role`, never above one's own; the mail's link works once, for seven days.

    Inviting the same address again renews the invitation. Raises Invalid by field, NotAllowed, LimitReached.
    """
    work.require(P.MEMBER_INVITE)
    mailbox = address(email, "email")
    if role not in INVITABLE:
        raise Invalid("Choose a role.", "role")
    if Role.named(role).value > work.member.role.value:
        raise NotAllowed("You cannot invite somebody to a role above your own.")
    org = locked(work, Org, work.member.org_id, "organisation")
    _refuse_member(work, mailbox)
    for earlier in _open(work, mailbox):
        earlier.revoked_at = work.now
    work.db.flush()
    limits.require_room(work, "seats")
    token_id = uuid7()
    work.db.add(
        OneTimeToken(
            id=token_id,
            org_id=org.id,
            purpose="invite",
            email=mailbox,
            role=Role.named(role),
            token_hmac=token_hash(links.invite_token(token_id)),
            expires_at=work.now + INVITE_LIFE,
            created_by=work.member.user_id,
        )
    )
    notifications.queue(
        work,
        "invite",
        recipient=mailbox,
        dedupe_key=f"invite:{token_id}",
        invite_id=str(token_id),
        inviter=work.member.name,
        org=org.name,
        role=INVITABLE[role],
    )
    work.record("member:invite", "invitation", token_id, role=role)
    return token_id


def withdraw_invite(work: UnitOfWork, token_id: UUID) -> None:
    """The link in the mail stops working. Twice is the same as once."""
    work.require(P.MEMBER_INVITE)
    token = locked(work, OneTimeToken, token_id, "invitation")
    if token.purpose != "invite":
        raise NotFound("invitation")
    if token.used_at is None and token.revoked_at is None:
        token.revoked_at = work.now
        work.record("member:withdraw_invite", "invitation", token.id)


def _open(work: UnitOfWork, email: str = "") -> list[OneTimeToken]:
    query = (
        select(OneTimeToken)
        .where(
            col(OneTimeToken.org_id) == work.member.org_id,
            col(OneTimeToken.purpose) == "invite",
            col(OneTimeToken.used_at).is_(None),
            col(OneTimeToken.revoked_at).is_(None),
            # An expired one is open only for the address it blocks: the unique index does not know the time.
            (col(OneTimeToken.expires_at) > work.now) if not email else (col(OneTimeToken.email) == email),
        )
        .order_by(col(OneTimeToken.email))
        .limit(MOST)
    )
    return list(work.db.exec(query))


def _refuse_member(work: UnitOfWork, email: str) -> None:
    query = (
        select(Membership.id)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(AppUser.email) == email)
    )
    if work.db.exec(query).first():
        raise Invalid("This person is a member already.", "email")
