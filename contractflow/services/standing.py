"""What the frame around every page says of the member who looks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Membership, Org
from contractflow.permissions import Permission as P
from contractflow.services import feed, orgs, plans, platform
from contractflow.services.orgs import Own
from contractflow.services.plans import Banner


@dataclass(frozen=True)
class Standing:
    """`closing` says what happens to an organisation that is being deleted; empty otherwise."""

    org_name: str
    is_platform_admin: bool
    awaits_confirmation: str
    """The person's address while it is only a claim."""
    organisations: list[Own]
    closing: str
    plan: Banner
    """What is urgent about the organisation's plan."""
    news: str
    """How many notifications are new ("3", "99+"); empty when none is."""
    logo: str


def of_member(work: UnitOfWork) -> Standing:
    work.require(P.ORG_READ)
    member = work.member
    mine = orgs.own(work)
    here = (
        select(AppUser, Org)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .join(Org, col(Org.id) == Membership.org_id)
        .where(col(Membership.id) == member.membership_id)
    )
    person, org = work.db.exec(here).one()
    return Standing(
        next((org.name for org in mine if org.is_current), ""),
        platform.is_admin(work, member.user_id),
        "" if person.email_verified_at else person.email,
        mine,
        orgs.closing_notice(work) if member.is_reading_only else "",
        plans.banner(work),
        _counted(feed.unread(work)),
        orgs.logo_address(org),
    )


def _counted(unread: int) -> str:
    if unread > feed.MOST_COUNTED:
        return f"{feed.MOST_COUNTED}+"
    return str(unread) if unread else ""
