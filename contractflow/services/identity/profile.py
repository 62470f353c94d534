"""One's own account, while signed in: the name, the address, the password."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser
from contractflow.permissions import Permission as P
from contractflow.services import accounts, sessions
from contractflow.services.identity import changing_email, person_links, resetting, signing_in
from contractflow.services.identity.person_links import Purpose


@dataclass(frozen=True)
class ProfilePage:
    """`awaited` is the address that was asked for and is not confirmed yet."""

    name: str = ""
    email: str = ""
    is_confirmed: bool = False
    awaited: str = ""


def page(work: UnitOfWork) -> ProfilePage:
    work.require(P.ORG_READ)
    person = work.db.get_one(AppUser, work.member.user_id)
    return ProfilePage(
        person.name, person.email, person.email_verified_at is not None, changing_email.awaited(work)
    )


def rename(work: UnitOfWork, name: str) -> None:
    """What colleagues and clients read. Raises Invalid."""
    work.require(P.ORG_READ)
    person = work.db.get_one(AppUser, work.member.user_id)
    before, person.name = person.name, accounts.clean_name(name, "name")
    if before != person.name:
        work.record("user:rename", "app_user", person.id, before=before, after=person.name)


def words_about(work: UnitOfWork, user_id: UUID) -> list[str]:
    """What a password of theirs must not be made of: their organisations and themselves."""
    places = accounts.memberships(work, user_id)
    return [word for place in places for word in (place.org_name, place.user_name)]


def change_password(work: UnitOfWork, password_hash: str, family: UUID, *, end_others: bool) -> None:
    """The member has just proved the present one. `end_others` signs all other devices out, in every organisation."""
    work.require(P.ORG_READ)
    person = work.db.get_one(AppUser, work.member.user_id)
    signing_in.change_password(work, person.id, password_hash)
    person_links.revoke(work, person.id, Purpose.RESET)
    ended = sessions.end_everywhere(work, person.id, "new password", but=family) if end_others else 0
    work.record("user:change_password", "app_user", person.id, sessions_ended=ended)
    resetting.tell_changed(work, person.id, person.name, person.email, "in your settings")
