"""Who is a platform admin. Only the command line makes one: no role of the product may write the flag."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotAllowed
from contractflow.models import AppUser
from contractflow.permissions import PlatformAdmin, System


def is_admin(work: UnitOfWork, user_id: UUID) -> bool:
    """Whether somebody is one now; asked anew for every event of theirs."""
    return bool(work.db.scalar(text("SELECT gate_is_platform_admin(:user_id)"), {"user_id": user_id}))


def lacks_factor(work: UnitOfWork, user_id: UUID) -> bool:
    """Whether a platform admin has still to set up the second factor that all of them need."""
    return not work.db.scalar(text("SELECT gate_has_factor(:user_id)"), {"user_id": user_id})


def appoint(work: UnitOfWork, email: str, *, is_to_be: bool) -> None:
    """Make the person with this address a platform admin, or no longer one; twice is the same as once.

    It stands in the trail of the organisation that `work` is about, one of the person's own. Raises Invalid.
    """
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    is_theirs = col(AppUser.email) == email, col(AppUser.email_verified_at).is_not(None)
    person = work.db.exec(select(AppUser).where(*is_theirs).with_for_update()).first()
    if person is None:
        raise Invalid(f"Nobody has the address {email}.", "email")
    if person.is_platform_admin is is_to_be:
        return
    person.is_platform_admin = is_to_be
    work.record(f"platform:{'promote' if is_to_be else 'demote'}", "app_user", person.id, person=person.name)


def only_admins(work: UnitOfWork) -> PlatformAdmin:
    """The admin who acts, if they still are one. Raises NotAllowed for everybody else."""
    if not isinstance(work.actor, PlatformAdmin) or not is_admin(work, work.actor.user_id):
        raise NotAllowed("That is not possible here.")
    return work.actor
