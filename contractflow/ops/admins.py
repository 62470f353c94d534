"""`contractflow admin promote|demote|forget-factors EMAIL`: what only the command line may do. It needs the owner's role."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.errors import Invalid
from contractflow.models import AppUser, Membership
from contractflow.permissions import System, Visitor
from contractflow.services import factors, platform, sessions

COMMAND_LINE = "command line"


def change(email: str, *, is_to_be: bool) -> str:
    """Promote or demote somebody, and say so in the trail of their first organisation. Raises Invalid."""
    email = email.strip().casefold()
    with unit_of_work(_at_home(email), role=DbRole.OWNER) as work:
        platform.appoint(work, email, is_to_be=is_to_be)
    return f"{email} is {'a platform admin' if is_to_be else 'no platform admin'} now."


def forget_factors(email: str) -> str:
    """For who has lost phone, passkeys and recovery codes: make sure first that it is them. Raises Invalid."""
    email = email.strip().casefold()
    home = _at_home(email)
    with unit_of_work(home, role=DbRole.OWNER) as work:
        person = factors.forget_factors(work, email)
    with unit_of_work(home, role=DbRole.APP) as work:
        sessions.end_everywhere(work, person, "second factors forgotten")
    return f"{email} signs in with the password alone now; every session of theirs has ended."


def _at_home(email: str) -> System:
    """Ourselves, in the first organisation of the person with this address."""
    with unit_of_work(Visitor(), role=DbRole.OWNER) as work:
        return System(_first_organisation(work, email), COMMAND_LINE)


def _first_organisation(work: UnitOfWork, email: str) -> UUID:
    query = select(Membership.org_id).join(AppUser, col(AppUser.id) == Membership.user_id)
    home = work.db.exec(
        query.where(col(AppUser.email) == email, col(AppUser.email_verified_at).is_not(None))
        .order_by(col(Membership.id))
        .limit(1)
    ).first()
    if home is None:
        raise Invalid(f"Nobody with the address {email} has signed up and confirmed it.")
    return home
