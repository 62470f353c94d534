"""The ownership changes hands when both want it: the owner offers, the other one accepts within a week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotAllowed, NotFound
from contractflow.models import AppUser, Membership, OwnershipOffer
from contractflow.permissions import Permission as P
from contractflow.permissions import Role
from contractflow.services import notifications, sessions
from contractflow.services.members.standing import Held, hold, person
from contractflow.services.members.telling import org_name
from contractflow.services.moving import move
from contractflow.workflows.membership import OWNERSHIP, MembershipStatus, OfferStatus

OFFER_LIFE = timedelta(days=7)


def offer_ownership(work: UnitOfWork, membership_id: UUID) -> UUID:
    """Offer the organisation to an active member; an earlier offer to somebody else ends with it.

    Nothing changes before they accept. The same offer twice is one. Raises NotFound, IllegalMove.
    """
    held = hold(work, P.ORG_TRANSFER)
    heir = held.one(membership_id)
    if heir.id == held.me.id:
        raise IllegalMove("You are the owner already.")
    if heir.status is not MembershipStatus.ACTIVE:
        raise IllegalMove("Only an active member can become the owner.")
    earlier = _open(work)
    if earlier and earlier.to_id == heir.id and earlier.expires_at > work.now:
        return earlier.id
    if earlier:
        _end(work, earlier, "withdraw" if earlier.expires_at > work.now else "lapse")
    offer = OwnershipOffer(
        org_id=heir.org_id, from_id=held.me.id, to_id=heir.id, expires_at=work.now + OFFER_LIFE
    )
    work.db.add(offer)
    whom = person(work, heir)
    work.record("ownership_offer:offer", "ownership_offer", offer.id, person=whom.name)
    _mail(work, "ownership_offered", offer, whom, until=f"{offer.expires_at:%d %B %Y}")
    return offer.id


def accept_ownership(work: UnitOfWork) -> None:
    """Become the owner; the one who was becomes an admin, in the same moment. Raises NotFound, IllegalMove."""
    held = hold(work, P.ORG_READ)
    if held.me.role is Role.OWNER:
        return
    work.require_confirmed()
    offer = _mine(work, held)
    owner = held.owner
    if offer.from_id != owner.id:
        raise IllegalMove("This offer no longer stands.")
    move(work, offer, OWNERSHIP, "accept", person=work.member.name)
    offer.decided_at = work.now
    owner.role = Role.ADMIN
    work.db.flush()  # at most one owner holds at every statement, at least one at the commit
    held.me.role = Role.OWNER
    work.db.flush()
    _answer(work, offer, owner, accepted=True)
    for place in (owner, held.me):
        sessions.renew_soon(work, place.user_id)


def decline_ownership(work: UnitOfWork) -> None:
    """Say no to the offer; the owner is told."""
    held = hold(work, P.ORG_READ)
    offer = _mine(work, held)
    move(work, offer, OWNERSHIP, "decline", person=work.member.name)
    offer.decided_at = work.now
    _answer(work, offer, held.owner, accepted=False)


def withdraw_ownership(work: UnitOfWork) -> None:
    """Take the offer back before it was accepted. Twice is the same as once."""
    hold(work, P.ORG_TRANSFER)
    if offer := _open(work):
        _end(work, offer, "withdraw")


def lapse_offer_to(work: UnitOfWork, place: Membership) -> None:
    """An offer to somebody who is not there any more ends."""
    offer = _open(work)
    if offer and offer.to_id == place.id:
        _end(work, offer, "lapse")


def lapse_offers(work: UnitOfWork) -> None:
    """No offer stands any longer: the organisation is being deleted."""
    work.require(P.ORG_DELETE)
    if offer := _open(work):
        _end(work, offer, "lapse")


def standing_offer(work: UnitOfWork) -> OwnershipOffer | None:
    """The offer that could be accepted now."""
    query = select(OwnershipOffer).where(
        col(OwnershipOffer.status) == OfferStatus.OFFERED, col(OwnershipOffer.expires_at) > work.now
    )
    return work.db.exec(query).first()


def _mine(work: UnitOfWork, held: Held) -> OwnershipOffer:
    offer = _open(work)
    if offer is None or offer.to_id != held.me.id:
        raise NotFound("offer")
    if offer.expires_at <= work.now:
        raise IllegalMove("This offer has expired. Ask the owner for a new one.")
    return offer


def _open(work: UnitOfWork) -> OwnershipOffer | None:
    if work.actor.org_id is None:
        raise NotAllowed("That is not yours to do.")
    query = select(OwnershipOffer).where(
        col(OwnershipOffer.org_id) == work.actor.org_id, col(OwnershipOffer.status) == OfferStatus.OFFERED
    )
    return work.db.exec(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _end(work: UnitOfWork, offer: OwnershipOffer, verb: str) -> None:
    by = work.system("ownership") if verb == "lapse" else None
    move(work, offer, OWNERSHIP, verb, by=by)
    offer.decided_at = work.now
    work.db.flush()


def _answer(work: UnitOfWork, offer: OwnershipOffer, owner: Membership, *, accepted: bool) -> None:
    answer = "is the owner now, and you are an admin" if accepted else "declined to become the owner"
    _mail(work, "ownership_answered", offer, person(work, owner), answer=answer)


def _mail(work: UnitOfWork, kind: str, offer: OwnershipOffer, whom: AppUser, **facts: Any) -> None:
    notifications.queue(
        work,
        kind,
        recipient=whom.email,
        user_id=whom.id,
        dedupe_key=f"{kind}:{offer.id}",
        name=whom.name,
        org=org_name(work),
        actor=work.member.name,
        **facts,
    )
