"""What the frame around every page says of the member who looks."""

from __future__ import annotations

from dataclasses import dataclass

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser
from contractflow.permissions import Permission as P
from contractflow.services import accounts, platform


@dataclass(frozen=True)
class Standing:
    org_name: str
    is_platform_admin: bool
    awaits_confirmation: str
    """The person's address while it is only a claim."""


def of_member(work: UnitOfWork) -> Standing:
    work.require(P.ORG_READ)
    member = work.member
    place = accounts.membership(work, member.user_id, member.org_id)
    person = work.db.get_one(AppUser, member.user_id)
    return Standing(
        place.org_name if place else "",
        platform.is_admin(work, member.user_id),
        "" if person.email_verified_at else person.email,
    )
