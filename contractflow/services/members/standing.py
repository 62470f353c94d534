"""The organisation's people, held still while one of them changes: who acts is asked once more under the lock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed, NotFound
from contractflow.models import AppUser, Membership
from contractflow.permissions import Permission, Role
from contractflow.workflows.membership import MembershipStatus


@dataclass(frozen=True)
class Held:
    """Every place of the organisation, locked; `me` is who acts."""

    me: Membership
    places: dict[UUID, Membership]

    def one(self, membership_id: UUID) -> Membership:
        if membership_id not in self.places:
            raise NotFound("member")
        return self.places[membership_id]

    @property
    def owner(self) -> Membership:
        return next(place for place in self.places.values() if place.role is Role.OWNER)


def hold(work: UnitOfWork, permission: Permission) -> Held:
    """Lock everybody's place, in one order, and require `permission` of what the actor is now.

    What the event knew may be a moment old: two admins who remove each other wait here for one another.
    Raises NotAllowed.
    """
    query = (
        select(Membership)
        .where(col(Membership.org_id) == work.member.org_id)
        .order_by(col(Membership.id))
        .with_for_update(key_share=True)  # documents and comments may go on naming them
        .execution_options(populate_existing=True)
    )
    places = {place.id: place for place in work.db.exec(query)}
    me = places.get(work.member.membership_id)
    if me is None or me.status is not MembershipStatus.ACTIVE:
        raise NotAllowed("You are no longer a member of this organisation.")
    work.actor = replace(work.member, role=me.role)
    work.require(permission)
    return Held(me, places)


def person(work: UnitOfWork, place: Membership) -> AppUser:
    return work.db.get_one(AppUser, place.user_id)
