"""A new password for who forgot the old one: by a link to the confirmed address, once, within half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.permissions import System
from contractflow.services import sessions
from contractflow.services.identity import person_links, signing_in, telling
from contractflow.services.identity.person_links import PROBLEMS, Purpose


@dataclass(frozen=True)
class ResetPage:
    """`problem` says why the link cannot be used; empty while it can."""

    email: str = ""
    problem: str = ""


def send_link(work: UnitOfWork, user_id: UUID, name: str, email: str) -> None:
    """Mail a link to the person; the older ones die. The actor is ourselves, for an organisation of theirs."""
    token_id = person_links.issue(work, Purpose.RESET, user_id, email)
    telling.tell(work, "reset_password", email, str(token_id), name=name, token_id=token_id)


def page(work: UnitOfWork, token: str) -> ResetPage:
    link = person_links.look_up(work, token, Purpose.RESET)
    return ResetPage(link.email, link.problem) if link else ResetPage(problem=PROBLEMS[""])


def reset(work: UnitOfWork, token: str, password_hash: str) -> UUID:
    """The new password; every session of the person ends, in every organisation. Returns whose it is. Raises Invalid.

    The link is the permission; the organisation we act for keeps the trail.
    """
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    link = person_links.usable(work, token, Purpose.RESET)
    person_links.use(work, link)
    signing_in.change_password(work, link.user_id, password_hash)
    sessions.end_everywhere(work, link.user_id, "new password")
    work.record("user:reset_password", "app_user", link.user_id, person=link.name)
    tell_changed(work, link.user_id, link.name, link.email, "with a link from a mail")
    return link.user_id


def tell_changed(work: UnitOfWork, user_id: UUID, name: str, email: str, how: str) -> None:
    """News that whoever did not do it can act on."""
    key = f"{user_id}:{work.now.timestamp()}"
    telling.tell(work, "password_changed", email, key, name=name, how=how)
