"""Invitations from the side of whoever was invited: what the link offers, and accepting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotFound
from contractflow.models import AppUser, Membership, OneTimeToken, Org
from contractflow.permissions import Member, Role
from contractflow.security.links import token_hash
from contractflow.services import accounts, notifications
from contractflow.services.identity import signing_in
from contractflow.services.moving import move
from contractflow.workflows.membership import MEMBERSHIP, MembershipStatus


@dataclass(frozen=True)
class InvitationRow:
    """`problem` says why it cannot be accepted any more; empty while it can."""

    id: UUID
    org_id: UUID
    org_name: str
    email: str
    role: Role
    inviter_name: str
    problem: str


@dataclass(frozen=True)
class InvitationPage:
    """`problem` says why it cannot be accepted; empty while it can."""

    org_name: str = ""
    inviter: str = ""
    email: str = ""
    problem: str = ""


def invitation(work: UnitOfWork, token: str) -> InvitationRow:
    """What an invitation's link offers. Raises NotFound."""
    row = _found(work, token)
    if row is None:
        raise NotFound("invitation")
    return InvitationRow(
        row["id"],
        row["org_id"],
        row["org_name"],
        row["email"],
        Role.named(row["role"]),
        row["inviter_name"] or "",
        _problem(row, work.now),
    )


def invitation_page(work: UnitOfWork, token: str) -> InvitationPage:
    """What the page behind the link says, also when there is nothing behind it."""
    row = _found(work, token)
    if row is None:
        return InvitationPage(problem="This invitation does not exist.")
    return InvitationPage(row["org_name"], row["inviter_name"] or "", row["email"], _problem(row, work.now))


def own_address(work: UnitOfWork) -> str:
    """The address of the member who acts: an invitation is for one address."""
    return work.db.get_one(AppUser, work.member.user_id).email


def join(work: UnitOfWork, invitation_id: UUID, user_id: UUID | None, name: str, password_hash: str) -> UUID:
    """Accept an invitation of the actor's organisation, as a known person or (`user_id` None) as a new one.

    Returns the person's id. Raises NotFound or Invalid.
    """
    token = work.db.exec(
        select(OneTimeToken).where(OneTimeToken.id == invitation_id, OneTimeToken.purpose == "invite").with_for_update()
    ).one_or_none()  # fmt: skip
    if token is None or token.role is None or token.org_id is None:
        raise NotFound("invitation")
    if problem := _problem(
        {"used_at": token.used_at, "revoked_at": token.revoked_at, "expires_at": token.expires_at}, work.now
    ):
        raise Invalid(problem)
    if user_id is None:
        name = accounts.clean_name(name, "name")
        user_id = accounts.register(work, name, token.email, password_hash)
    place = work.db.exec(
        select(Membership).where(Membership.user_id == user_id).with_for_update()
    ).one_or_none()
    if place is None:
        place = Membership(org_id=token.org_id, user_id=user_id, role=token.role)
        work.db.add(place)
    elif place.status is MembershipStatus.ACTIVE:
        raise Invalid("You are a member of this organisation already. Sign in instead.")
    elif place.status is MembershipStatus.SUSPENDED:
        raise Invalid("Your access to this organisation is suspended. Ask an admin to reinstate you.")
    else:
        place.role = token.role
        move(work, place, MEMBERSHIP, "rejoin")
    if not signing_in.proved(work, user_id):  # the link came by mail
        raise Invalid("This address has an account already: enter its password.", "password")
    token.used_at = work.now
    member = Member(user_id, token.org_id, place.id, token.role, name)
    work.record(
        "member:join", "membership", place.id, by=member, role=token.role.value_text, invitation=token.id
    )
    _tell_inviter(work, token, user_id)
    return user_id


def _tell_inviter(work: UnitOfWork, token: OneTimeToken, user_id: UUID) -> None:
    work.db.flush()  # whoever joined is visible to the organisation from here on
    inviter = work.db.get(AppUser, token.created_by) if token.created_by else None
    newcomer = work.db.get_one(AppUser, user_id)
    if inviter is not None:
        notifications.queue(
            work,
            "joined",
            recipient=inviter.email,
            user_id=inviter.id,
            dedupe_key=f"joined:{token.id}",
            name=inviter.name,
            member=newcomer.name,
            org=work.db.get_one(Org, token.org_id).name,
        )


def _problem(row: RowMapping | dict[str, Any], now: datetime) -> str:
    if row["used_at"]:
        return "This invitation was accepted already. Sign in instead."
    if row["revoked_at"]:
        return "This invitation was taken back. Ask for a new one."
    if row["expires_at"] <= now:
        return "This invitation has expired. Ask for a new one."
    return ""


def _found(work: UnitOfWork, token: str) -> RowMapping | None:
    query = text("SELECT * FROM gate_invitation(:hashed)")
    return work.db.execute(query, {"hashed": token_hash(token)}).mappings().one_or_none()
