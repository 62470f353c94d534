"""Whether mail reaches somebody at the address they gave: until it does, nothing of theirs goes to a client.

A link alone confirms nothing: whoever opens it has to be signed in as the person, or know the password. So an address
that somebody mistyped, or made up, never confirms an account for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotAllowed
from contractflow.models import AppUser
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services.identity import changing_email, person_links, signing_in, telling
from contractflow.services.identity.person_links import PROBLEMS, PersonLink, Purpose

FIRST = "Confirm your e-mail address first: use the link in the mail we sent you, or have it sent again."
ELSEWHERE = (
    "This link belongs to another account than the one you are signed in to. Sign out, then open it again."
)


@dataclass(frozen=True)
class ConfirmPage:
    """`problem` says why the link cannot be used; `is_change` when it moves the account to `email`; `is_yours` when
    whoever looks is signed in as its person."""

    email: str = ""
    is_change: bool = False
    is_yours: bool = False
    problem: str = ""


def require_confirmed(work: UnitOfWork) -> None:
    """Refuse a member whose address is only a claim. Raises NotAllowed."""
    if not is_confirmed(work):
        raise NotAllowed(FIRST)


def is_confirmed(work: UnitOfWork) -> bool:
    """Whether who acts has proved their address; whoever is no member has none to prove."""
    return not isinstance(work.actor, Member) or _oneself(work).email_verified_at is not None


def send_again(work: UnitOfWork) -> None:
    """Mail the link anew; the older one dies. Nothing happens for who has confirmed already."""
    work.require(P.ORG_READ)
    person = _oneself(work)
    if person.email_verified_at is not None:
        return
    token_id = person_links.issue(work, Purpose.VERIFY, person.id, person.email)
    kind = telling.kind_for(work, person.email, "verify_email")
    telling.tell(work, kind, person.email, str(token_id), name=person.name, token_id=token_id)
    work.record("user:ask_confirmation", "app_user", person.id)


def page(work: UnitOfWork, token: str) -> ConfirmPage:
    """What stands behind a mailed link."""
    link = person_links.look_up(work, token, Purpose.VERIFY, Purpose.CHANGE)
    if link is None:
        return ConfirmPage(problem=PROBLEMS[""])
    is_yours = isinstance(work.actor, Member) and work.actor.user_id == link.user_id
    return ConfirmPage(link.email, link.purpose is Purpose.CHANGE, is_yours, link.problem)


def confirm(work: UnitOfWork, token: str) -> None:
    """The member has proved that the mail reached them: confirm the address, or move to the new one. Raises Invalid."""
    work.require(P.ORG_READ)
    link = person_links.usable(work, token, Purpose.VERIFY, Purpose.CHANGE)
    if link.user_id != work.member.user_id:
        raise Invalid(ELSEWHERE)
    person_links.use(work, link)
    if link.purpose is Purpose.CHANGE:
        changing_email.finish(work, link)
    else:
        _confirm(work, link)


def _confirm(work: UnitOfWork, link: PersonLink) -> None:
    if link.email != link.present:
        raise Invalid(PROBLEMS["revoked"])
    if _oneself(work).email_verified_at is not None:
        return
    if not signing_in.proved(work, link.user_id):
        raise Invalid("This address belongs to another account already. Sign in to that one.")
    telling.tell(work, "welcome", link.email, str(link.user_id), name=link.name)
    work.record("user:confirm_email", "app_user", link.user_id)


def _oneself(work: UnitOfWork) -> AppUser:
    return work.db.get_one(AppUser, work.member.user_id, populate_existing=True)
