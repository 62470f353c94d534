"""Going: suspended for a while, removed for good, or leaving by oneself. Sessions in the organisation end at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.models import Membership, OneTimeToken, Org
from contractflow.permissions import Permission as P
from contractflow.services import limits, sessions
from contractflow.services.members.handing_over import hand_over, pass_on_approvals
from contractflow.services.members.ownership import lapse_offer_to
from contractflow.services.members.standing import Held, hold, person
from contractflow.services.members.telling import tell
from contractflow.services.moving import locked, move
from contractflow.workflows.membership import MEMBERSHIP, MembershipStatus


def suspend(work: UnitOfWork, membership_id: UUID) -> None:
    """Keep somebody out until they are reinstated; what they own stays theirs. Twice is the same as once."""
    held = hold(work, P.MEMBER_REMOVE)
    place = held.one(membership_id)
    _refuse_oneself(held, place, "suspend")
    if place.status is MembershipStatus.SUSPENDED:
        return
    whose = person(work, place)
    move(work, place, MEMBERSHIP, "suspend", person=whose.name)
    _shut_out(work, held, place)
    tell(work, whose, "suspend", "Your access is suspended. Your documents are kept.")


def reinstate(work: UnitOfWork, membership_id: UUID) -> None:
    """Let somebody in again, with the role they had. Raises LimitReached when their seat is taken."""
    locked(work, Org, work.member.org_id, "organisation")
    place = hold(work, P.MEMBER_REMOVE).one(membership_id)
    if place.status is MembershipStatus.ACTIVE:
        return
    limits.require_room(work, "seats")
    whose = person(work, place)
    move(work, place, MEMBERSHIP, "reinstate", person=whose.name)
    tell(work, whose, "reinstate", "Your access is back. Sign in as before.")


def remove(work: UnitOfWork, membership_id: UUID, heir_id: UUID | None = None) -> None:
    """End somebody's membership; `heir_id` takes over what they own. Twice is the same as once.

    Their comments, decisions and signatures stay. Raises Invalid when documents need somebody to take them over.
    """
    held = hold(work, P.MEMBER_REMOVE)
    place = held.one(membership_id)
    _refuse_oneself(held, place, "remove")
    if place.status is MembershipStatus.REMOVED:
        return
    _end(work, held, place, heir_id, "remove")
    tell(
        work,
        person(work, place),
        "remove",
        "You are no longer a member. What you wrote stays with the organisation.",
    )


def leave(work: UnitOfWork, heir_id: UUID | None = None) -> None:
    """Leave by oneself; everybody may but the owner. Raises Invalid, IllegalMove."""
    held = hold(work, P.ORG_READ)
    _end(work, held, held.me, heir_id, "leave")
    tell(work, person(work, held.owner), f"leave:{held.me.id}", f"{work.member.name} left the organisation.")


def _end(work: UnitOfWork, held: Held, place: Membership, heir_id: UUID | None, verb: str) -> None:
    whose = person(work, place).name
    if place.status is MembershipStatus.ACTIVE:
        _shut_out(work, held, place)
    documents = hand_over(work, held, place, heir_id)
    to: dict[str, Any] = {"heir": person(work, held.places[heir_id]).name} if heir_id else {}
    move(work, place, MEMBERSHIP, verb, person=whose, documents=documents, **to)


def _refuse_oneself(held: Held, place: Membership, verb: str) -> None:
    if place.id == held.me.id:
        raise NotAllowed(f"You cannot {verb} yourself.")


def _shut_out(work: UnitOfWork, held: Held, place: Membership) -> None:
    """What holds as soon as somebody is not there any more, for a while or for good."""
    pass_on_approvals(work, held, place)
    lapse_offer_to(work, place)
    for token in _invitations_of(work, place.user_id):
        token.revoked_at = work.now
        work.record("member:withdraw_invite", "invitation", token.id)
    sessions.end_here(work, place.user_id, "no longer a member")


def _invitations_of(work: UnitOfWork, user_id: UUID) -> list[OneTimeToken]:
    """Open ones: somebody who was shut out must not come back by a link of their own."""
    query = select(OneTimeToken).where(
        col(OneTimeToken.org_id) == work.member.org_id,
        col(OneTimeToken.purpose) == "invite",
        col(OneTimeToken.created_by) == user_id,
        col(OneTimeToken.used_at).is_(None),
        col(OneTimeToken.revoked_at).is_(None),
    )
    return list(work.db.exec(query.with_for_update()))
