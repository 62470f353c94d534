"""The page of the people: who is in, as what, and which verbs would succeed on whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Document, Membership, OneTimeToken
from contractflow.permissions import Permission as P
from contractflow.permissions import Role, why_not
from contractflow.services import bounces, limits, sessions
from contractflow.services.display import When, shown
from contractflow.services.members.handing_over import why_not_heir
from contractflow.services.members.inviting import INVITABLE, MOST, open_invitations
from contractflow.services.members.ownership import standing_offer
from contractflow.services.members.roles import why_not_role
from contractflow.workflows.membership import MembershipStatus


@dataclass(frozen=True)
class MemberRow:
    """`can_…` says which verbs of the row would succeed; `documents` is how many they own."""

    id: str = ""
    name: str = ""
    email: str = ""
    role: str = ""
    role_value: str = ""
    status: str = ""
    documents: int = 0
    is_you: bool = False
    is_owner: bool = False
    can_change_role: bool = False
    can_suspend: bool = False
    can_reinstate: bool = False
    can_remove: bool = False
    can_be_offered: bool = False
    can_end_sessions: bool = False
    returned: str = ""
    """Why mails to the member come back; empty when they arrive."""
    can_lift: bool = False
    has_actions: bool = False


@dataclass(frozen=True)
class InviteRow:
    id: str
    email: str
    role: str
    expires: When
    is_expired: bool


@dataclass(frozen=True)
class HeirChoice:
    """Somebody who could take over documents: one line of a select."""

    value: str
    label: str


@dataclass(frozen=True)
class Offer:
    """The standing offer of the ownership; `to_you` when it is the reader's to answer."""

    is_open: bool = False
    to_you: bool = False
    by_you: bool = False
    owner: str = ""
    heir: str = ""
    until: str = ""


@dataclass(frozen=True)
class MembersPage:
    can_invite: bool = False
    why_not: str = ""
    why_not_leave: str = ""
    own_id: str = ""
    own_documents: int = 0
    seats: str = ""
    members: list[MemberRow] = field(default_factory=list)
    invites: list[InviteRow] = field(default_factory=list)
    heirs: list[HeirChoice] = field(default_factory=list)
    roles: list[HeirChoice] = field(default_factory=list)
    offer: Offer = field(default_factory=Offer)


def page(work: UnitOfWork) -> MembersPage:
    """Everybody in the organisation and every open invitation."""
    work.require(P.MEMBER_READ)
    people = _people(work)
    me = work.db.get_one(Membership, work.member.membership_id)
    owned = _owned(work)
    returned = bounces.standing(work, [user.email for _, user in people])
    invites = open_invitations(work) if work.actor.may(P.MEMBER_INVITE) else []
    return MembersPage(
        can_invite=work.actor.may(P.MEMBER_INVITE),
        why_not=why_not(work.actor, P.MEMBER_INVITE),
        why_not_leave="Transfer the ownership first; then you can leave." if me.role is Role.OWNER else "",
        own_id=str(me.id),
        own_documents=owned.get(me.id, 0),
        seats=_seats(work),
        members=[
            _row(work, me, place, user, owned.get(place.id, 0), returned.get(user.email, ""))
            for place, user in people
        ],
        invites=[_invite_row(work, token) for token in invites],
        heirs=[HeirChoice(str(m.id), u.name) for m, u in people if not why_not_heir(m)],
        roles=[
            HeirChoice(value, label)
            for value, label in INVITABLE.items()
            if Role.named(value).value <= work.member.role.value
        ],
        offer=_offer(work, people),
    )


def heirs_beside(work: UnitOfWork, membership_id: UUID) -> list[HeirChoice]:
    """Who could take over what somebody owns."""
    work.require(P.MEMBER_READ)
    people = [(m, u) for m, u in _people(work) if m.id != membership_id and not why_not_heir(m)]
    return [HeirChoice(str(m.id), u.name) for m, u in people]


def _seats(work: UnitOfWork) -> str:
    """Invitations that are still open take a seat as well."""
    use = limits.use_of(work, "seats")
    return f"{use.used} seats taken" if use.limit is None else f"{use.used} of {use.limit:,} seats"


def _people(work: UnitOfWork) -> list[tuple[Membership, AppUser]]:
    query = (
        select(Membership, AppUser)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(Membership.status) != MembershipStatus.REMOVED)
        .order_by(col(AppUser.name), col(Membership.id))
        .limit(MOST)
    )
    return list(work.db.exec(query))


def _owned(work: UnitOfWork) -> dict[UUID, int]:
    query: Any = (
        select(Document.owner_id, func.count())
        .where(col(Document.deleted_at).is_(None))
        .group_by(col(Document.owner_id))
    )
    return dict(work.db.exec(query).all())


def _row(
    work: UnitOfWork, me: Membership, place: Membership, user: AppUser, documents: int, returned: str
) -> MemberRow:
    may_go = work.actor.may(P.MEMBER_REMOVE) and place.id != me.id and place.role is not Role.OWNER
    is_active = place.status is MembershipStatus.ACTIVE
    verbs = {
        "can_change_role": work.actor.may(P.MEMBER_CHANGE_ROLE) and not why_not_role(me, place),
        "can_suspend": may_go and is_active,
        "can_reinstate": may_go and not is_active,
        "can_remove": may_go,
        "can_end_sessions": is_active and place.id != me.id and not sessions.why_not_end(work, place),
        "can_lift": bool(returned) and (work.actor.may(P.MEMBER_INVITE) or place.id == me.id),
        "can_be_offered": work.actor.may(P.ORG_TRANSFER) and place.id != me.id and is_active,
    }
    return MemberRow(
        id=str(place.id),
        name=user.name,
        email=user.email,
        role=place.role.label,
        role_value=place.role.value_text,
        status=str(place.status),
        documents=documents,
        is_you=place.id == me.id,
        is_owner=place.role is Role.OWNER,
        returned=returned,
        has_actions=any(verbs.values()),
        **verbs,
    )


def _invite_row(work: UnitOfWork, token: OneTimeToken) -> InviteRow:
    label = token.role.label if token.role else ""
    return InviteRow(
        str(token.id), token.email, label, shown(work, token.expires_at), token.expires_at <= work.now
    )


def _offer(work: UnitOfWork, people: list[tuple[Membership, AppUser]]) -> Offer:
    offer = standing_offer(work)
    names = {place.id: user.name for place, user in people}
    if offer is None:
        return Offer()
    mine = work.member.membership_id
    return Offer(
        is_open=True,
        to_you=offer.to_id == mine,
        by_you=offer.from_id == mine,
        owner=names.get(offer.from_id, ""),
        heir=names.get(offer.to_id, ""),
        until=f"{offer.expires_at:%d %B %Y}",
    )
