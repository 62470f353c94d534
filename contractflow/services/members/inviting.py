"""Asking somebody in: a link that works once, for a week, and never makes anybody more than who invites is."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import AppUser, Membership, OneTimeToken, Org
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.permissions import Role
from contractflow.security.links import token_hash
from contractflow.services import limits, links, notifications
from contractflow.services.clients import address
from contractflow.services.moving import locked
from contractflow.workflows.membership import MembershipStatus

INVITE_LIFE = timedelta(days=7)
MOST = 200
INVITABLE = {"admin": "Admin", "member": "Member", "viewer": "Viewer"}
IS_IN = {
    MembershipStatus.ACTIVE: "This person is a member already.",
    MembershipStatus.SUSPENDED: "This person is suspended. Reinstate them instead.",
}


def invite(work: UnitOfWork, email: str, role: str) -> UUID:
    """Invite `email` as `role`, never above one's own; the mail's link works once, for seven days.

    Inviting the same address again renews the invitation. Raises Invalid by field, NotAllowed, LimitReached.
    """
    work.require(P.MEMBER_INVITE)
    mailbox = address(email, "email")
    if role not in INVITABLE:
        raise Invalid("Choose a role.", "role")
    _refuse_above(work, Role.named(role))
    org = locked(work, Org, work.member.org_id, "organisation")
    _refuse_member(work, mailbox)
    for earlier in open_invitations(work, mailbox):
        earlier.revoked_at = work.now
    work.db.flush()
    limits.require_room(work, "seats")
    token_id = _write(work, org, mailbox, Role.named(role))
    work.record("member:invite", "invitation", token_id, role=role)
    return token_id


def invite_again(work: UnitOfWork, token_id: UUID) -> UUID:
    """Send an open or expired invitation again, with a new link for another week; the earlier link stops working.

    Raises IllegalMove for one that was accepted or withdrawn, NotAllowed, LimitReached.
    """
    work.require(P.MEMBER_INVITE)
    org = locked(work, Org, work.member.org_id, "organisation")
    earlier = _invitation(work, token_id)
    if earlier.used_at or earlier.revoked_at or earlier.role is None:
        raise IllegalMove("This invitation is no longer open. Invite them anew.")
    _refuse_above(work, earlier.role)
    earlier.revoked_at = work.now
    work.db.flush()
    limits.require_room(work, "seats")
    fresh = _write(work, org, earlier.email, earlier.role)
    work.record("member:invite_again", "invitation", fresh, role=earlier.role.value_text)
    return fresh


def withdraw_invite(work: UnitOfWork, token_id: UUID) -> None:
    """The link in the mail stops working. Twice is the same as once."""
    work.require(P.MEMBER_INVITE)
    token = _invitation(work, token_id)
    if token.used_at is None and token.revoked_at is None:
        token.revoked_at = work.now
        work.record("member:withdraw_invite", "invitation", token.id)


def open_invitations(work: UnitOfWork, email: str = "") -> list[OneTimeToken]:
    """Those nobody has accepted or withdrawn, of one address or of all; expired ones can be sent again."""
    query = (
        select(OneTimeToken)
        .where(
            col(OneTimeToken.org_id) == work.member.org_id,
            col(OneTimeToken.purpose) == "invite",
            col(OneTimeToken.used_at).is_(None),
            col(OneTimeToken.revoked_at).is_(None),
            *((col(OneTimeToken.email) == email,) if email else ()),
        )
        .order_by(col(OneTimeToken.email))
        .limit(MOST)
    )
    return list(work.db.exec(query))


def _write(work: UnitOfWork, org: Org, mailbox: str, role: Role) -> UUID:
    token_id = uuid7()
    work.db.add(
        OneTimeToken(
            id=token_id,
            org_id=org.id,
            purpose="invite",
            email=mailbox,
            role=role,
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
        role=role.label,
    )
    return token_id


def _invitation(work: UnitOfWork, token_id: UUID) -> OneTimeToken:
    token = locked(work, OneTimeToken, token_id, "invitation")
    if token.purpose != "invite":
        raise NotFound("invitation")
    return token


def _refuse_above(work: UnitOfWork, role: Role) -> None:
    if role.value > work.member.role.value:
        raise NotAllowed("You cannot invite somebody to a role above your own.")


def _refuse_member(work: UnitOfWork, email: str) -> None:
    query = (
        select(Membership.status)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(AppUser.email) == email)
    )
    status = work.db.exec(query).first()
    if status is not None and (refused := IS_IN.get(MembershipStatus(status))):
        raise Invalid(refused, "email")
