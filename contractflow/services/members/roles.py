"""What a member is: changing somebody's role."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed
from contractflow.models import Membership
from contractflow.permissions import Permission as P
from contractflow.permissions import Role
from contractflow.services import sessions
from contractflow.services.members.handing_over import pass_on_approvals
from contractflow.services.members.inviting import INVITABLE
from contractflow.services.members.standing import Held, hold, person
from contractflow.services.members.telling import tell
from contractflow.workflows.membership import MembershipStatus


def change_role(work: UnitOfWork, membership_id: UUID, role: str) -> None:
    """Make somebody an admin, a member or a viewer, from their next click on.

    Admins change members and viewers, the owner everybody else; nobody their own, nobody to above their own.
    Twice is the same as once. Raises Invalid, NotAllowed, NotFound.
    """
    held = hold(work, P.MEMBER_CHANGE_ROLE)
    place = held.one(membership_id)
    if role not in INVITABLE:
        raise Invalid("Choose a role.", "role")
    wanted = Role.named(role)
    if refused := why_not_role(held.me, place) or _why_not_to(held, wanted):
        raise NotAllowed(refused)
    if place.status is MembershipStatus.REMOVED:
        raise IllegalMove("This person is no longer a member.")
    if place.role is wanted:
        return
    before, place.role = place.role, wanted
    work.db.flush()
    if wanted is Role.VIEWER:
        pass_on_approvals(work, held, place)
    whose = person(work, place)
    changes = {"role": (before.value_text, wanted.value_text)}
    work.record("member:change_role", "membership", place.id, person=whose.name, changes=changes)
    tell(work, whose, f"role:{wanted.value_text}", f"Your role is {wanted.label} now. It was {before.label}.")
    sessions.renew_soon(work, place.user_id)


def why_not_role(me: Membership, place: Membership) -> str:
    """Why `me` may not change that place's role at all; empty when they may."""
    if place.id == me.id:
        return "You cannot change your own role."
    if place.role is Role.OWNER:
        return "The owner's role changes when the ownership is transferred."
    if place.role.value >= me.role.value:
        return "Only the owner can change the role of an admin."
    return ""


def _why_not_to(held: Held, wanted: Role) -> str:
    return "" if wanted.value <= held.me.role.value else "You cannot give a role above your own."
