"""Another address for one's account: asked for with the password, confirmed at the new one, undone from the old one."""

from __future__ import annotations

from uuid import UUID, uuid5

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotFound
from contractflow.models import AppUser
from contractflow.permissions import Permission as P
from contractflow.services import accounts, sessions
from contractflow.services.identity import person_links, resetting, signing_in, telling
from contractflow.services.identity.person_links import PersonLink, Purpose

TAKEN = "This address belongs to another account by now. Ask for another one."


def ask(work: UnitOfWork, email: str) -> None:
    """Mail a link to the new address and a warning to the present one; nothing changes yet. Raises Invalid.

    Whether the new address is somebody's already, only its own mailbox is told.
    """
    work.require(P.ORG_READ)
    person = work.db.get_one(AppUser, work.member.user_id)
    new = accounts.clean_email(email)
    if new == person.email:
        raise Invalid("That is your present address.", "email")
    token_id = person_links.issue(work, Purpose.CHANGE, person.id, new)
    undo_id = person_links.issue(work, Purpose.UNDO, person.id, person.email, _undo(token_id))
    kind = telling.kind_for(work, new, "change_email")
    telling.tell(work, kind, new, str(token_id), name=person.name, token_id=token_id)
    telling.tell(
        work,
        "email_change_asked",
        person.email,
        str(undo_id),
        name=person.name,
        new_email=new,
        token_id=undo_id,
    )
    work.record("user:ask_email_change", "app_user", person.id)


def cancel(work: UnitOfWork) -> None:
    """Take the request back. Twice is the same as once."""
    work.require(P.ORG_READ)
    if awaited(work):
        person_links.revoke(work, work.member.user_id, Purpose.CHANGE)
        work.record("user:cancel_email_change", "app_user", work.member.user_id)


def awaited(work: UnitOfWork) -> str:
    """The address the member asked for and has not confirmed; empty when there is none."""
    return work.db.scalar(text("SELECT email FROM gate_awaited_email()")) or ""


def finish(work: UnitOfWork, link: PersonLink) -> None:
    """The link at the new address was opened by the person: move there. Raises Invalid."""
    if link.user_id != work.member.user_id:
        raise NotFound("link")
    if not _move(work, link.user_id, link.email):
        raise Invalid(TAKEN)
    person_links.revoke(work, link.user_id, Purpose.RESET, Purpose.VERIFY)
    undo_id = _undo(link.id)
    telling.tell(
        work,
        "email_changed",
        link.present,
        str(undo_id),
        name=link.name,
        new_email=link.email,
        token_id=undo_id,
    )
    work.record("user:change_email", "app_user", link.user_id)


def undo(work: UnitOfWork, token: str) -> None:
    """It was not the person: the address it was mailed to is theirs again, nobody is signed in, no password works
    until they choose a new one by mail. Raises Invalid."""
    link = person_links.usable(work, token, Purpose.UNDO)
    person_links.use(work, link)
    if link.email != link.present and not _move(work, link.user_id, link.email):
        raise Invalid("This address belongs to another account by now. Write to us.")
    person_links.revoke(work, link.user_id, Purpose.CHANGE, Purpose.RESET, Purpose.VERIFY)
    signing_in.forget_password(work, link.user_id)
    sessions.end_everywhere(work, link.user_id, "an address change was taken back")
    work.record("user:undo_email_change", "app_user", link.user_id, person=link.name)
    resetting.send_link(work, link.user_id, link.name, link.email)


def _move(work: UnitOfWork, user_id: UUID, email: str) -> bool:
    values = {"user_id": user_id, "email": email}
    return bool(work.db.scalar(text("SELECT gate_change_email(:user_id, :email)"), values))


def _undo(change_id: UUID) -> UUID:
    """The id of the link that takes a change back: both mails about the change carry the same link."""
    return uuid5(change_id, "undo")
