"""Deleting one's own account: leaving the last organisation, and with it what signs one in anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.models import AppUser
from contractflow.permissions import Permission as P
from contractflow.permissions import Role
from contractflow.services import sessions
from contractflow.services.identity import telling
from contractflow.services.members.handing_over import owned_documents
from contractflow.services.members.leaving import leave
from contractflow.services.members.rows import HeirChoice, heirs_beside
from contractflow.services.members.standing import hold
from contractflow.workflows.membership import MembershipStatus

_PLACES = text("SELECT org_id, org_name, role, status FROM gate_memberships(:user_id)")


@dataclass(frozen=True)
class AccountEnd:
    """`why_not` is empty when the account can be deleted; `documents` of one's own need one of `heirs` then."""

    why_not: str = ""
    documents: int = 0
    heirs: list[HeirChoice] = field(default_factory=list)


def account_end(work: UnitOfWork) -> AccountEnd:
    """What deleting the account of the member who acts needs."""
    why_not, place = why_not_delete(work), work.member.membership_id
    documents = owned_documents(work, place)
    return AccountEnd(why_not, documents, heirs_beside(work, place) if documents and not why_not else [])


def delete_account(work: UnitOfWork, typed_email: str, heir_id: UUID | None = None) -> None:
    """End the account of the member who acts; `heir_id` takes over what they own here.

    What they wrote, decided and signed keeps their name; the address is free again. Raises Invalid by field,
    IllegalMove for who owns an organisation or belongs to another one as well.
    """
    hold(work, P.ORG_READ)
    work.require_confirmed()
    person = work.db.get_one(AppUser, work.member.user_id)
    if why := why_not_delete(work):
        raise IllegalMove(why)
    if typed_email.strip().casefold() != person.email:
        raise Invalid("Type your address exactly as it stands above.", "typed_email")
    email, name = person.email, person.name
    leave(work, heir_id)
    work.record("user:delete_account", "app_user", person.id)
    telling.tell(work, "account_deleted", email, str(person.id), name=name)
    sessions.end_everywhere(work, person.id, "account deleted")
    work.db.flush()
    if not work.db.scalar(text("SELECT gate_delete_account()")):
        raise IllegalMove("You belong to another organisation by now. Leave it first.")
    work.db.expire(person)


def why_not_delete(work: UnitOfWork) -> str:
    """Why the account of the member who acts cannot be deleted yet, in words; empty when it can."""
    work.require(P.ORG_READ)
    if work.db.get_one(AppUser, work.member.user_id).is_platform_admin:
        return "Platform admins are demoted first, from the command line."
    places = work.db.execute(_PLACES, {"user_id": work.member.user_id}).all()
    places = [place for place in places if place.status != MembershipStatus.REMOVED]
    if owned := [place.org_name for place in places if place.role == Role.OWNER.value_text]:
        return f"You own {_named(owned)}. Transfer the ownership or delete the organisation first."
    if others := [place.org_name for place in places if place.org_id != work.member.org_id]:
        return f"You belong to {_named(others)} as well. Leave there first; the account ends with the last place."
    return ""


def _named(organisations: list[str]) -> str:
    return " and ".join(organisations[:3]) + (" and others" if len(organisations) > 3 else "")
