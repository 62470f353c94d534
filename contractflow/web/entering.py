"""Through the door: who somebody is by address and password, and the session that begins then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from contractflow.errors import Invalid, NotSignedIn
from contractflow.permissions import Visitor
from contractflow.security import guessing
from contractflow.security.cookies import set_cookie
from contractflow.security.devices import Device
from contractflow.security.guessing import Attempt
from contractflow.security.limited_verbs import network
from contractflow.security.passwords import hash_password, needs_rehash, verify_password
from contractflow.security.sessions import MEMBERS
from contractflow.services import accounts
from contractflow.services.identity import signing_in
from contractflow.services.identity.signing_in import Credentials
from contractflow.web import presented
from contractflow.web.answers import see
from contractflow.web.forms import require_person
from contractflow.web.principal import BROWSER, FACTOR
from contractflow.web.requests import device_of, visitor_of
from contractflow.web.threads import perform

NEVER = datetime.min.replace(tzinfo=UTC)
WRONG = (
    "That address and password do not belong together. New here? Until you have confirmed your address,"
    " you can only sign in from the browser you signed up with."
)


async def authenticate(form: Mapping[str, str], action: str, visitor: Visitor, device: Device) -> Credentials:
    """The person with this address and password. Raises Invalid or TooMany.

    Takes as long, does the same and says the same for an unknown address and a wrong password.
    """
    found = await perform(visitor, signing_in.credentials, form["email"], device.people)
    attempt = attempt_of(form["email"], visitor, device, found)
    if await guessing.is_suspicious(attempt):
        await require_person(form, action, visitor)
    await guessing.begin(attempt)
    person = await _whose(found, form["password"])
    if person is None:
        await guessing.failed(attempt)
        raise Invalid(WRONG)
    await guessing.succeeded(attempt)
    await renew_hash(visitor, person, form["password"])
    return person


def attempt_of(email: str, visitor: Visitor, device: Device, found: list[Credentials]) -> Attempt:
    is_known = any(one.user_id in device.people for one in found)
    return Attempt(email, network(visitor.ip), device.id if is_known else "")


async def is_suspicious(form: Mapping[str, str], visitor: Visitor, device: Device) -> bool:
    """Whether the next try from here needs the robot check: the page then shows it at once."""
    found = await perform(visitor, signing_in.credentials, form["email"], device.people)
    return await guessing.is_suspicious(attempt_of(form["email"], visitor, device, found))


async def renew_hash(visitor: Visitor, person: Credentials, password: str) -> None:
    """Store the same password under today's settings, when they have become stronger since."""
    stored = person.password_hash
    if stored and needs_rehash(stored):
        await perform(visitor, signing_in.rehashed, person.user_id, stored, await hash_password(password))


async def landing(visitor: Visitor, user_id: UUID) -> UUID:
    """The organisation somebody lands in: the one they used last, of those that are not suspended if there are any; of
    several that they never used the oldest. Raises NotSignedIn for who is in none."""
    places = await perform(visitor, accounts.memberships, user_id)
    if not places:
        raise NotSignedIn("You are not a member of any organisation at the moment. Ask for an invitation.")
    return max(places, key=lambda place: (not place.is_suspended, place.used_at or NEVER)).org_id


async def enter(
    request: Request, user_id: UUID, org_id: UUID, onward: str, *, factor: str = "", is_confirmed: bool = True
) -> Response:
    """Begin a session and lead on. The one that was open in this browser ends: every sign-in is a new one.

    `factor` is the second one that was shown, if any. `is_confirmed` is false where a remembered browser stood in for it.
    """
    visitor = visitor_of(request)
    await presented.close(visitor, request.cookies.get(MEMBERS.kind.cookie), "signed in anew")
    facts = {"org": str(org_id), BROWSER: visitor.browser} | ({FACTOR: factor} if factor else {})
    cookie, session = await MEMBERS.begin(str(user_id), facts, is_confirmed=is_confirmed)
    await perform(visitor, accounts.session_opened, UUID(session.family), user_id, org_id)
    await perform(visitor, signing_in.signed_in, user_id)
    known = device_of(request).after(user_id).set_cookie
    return see(onward, set_cookie(MEMBERS.kind.cookie, cookie, MEMBERS.kind.absolute), known)


async def _whose(found: list[Credentials], password: str) -> Credentials | None:
    """Whose password it is. Two are compared wherever this browser knows somebody who only claims the address, also
    when nobody has it: so a made-up account does not tell whether there is a real one."""
    claimed = [one for one in found if not one.is_confirmed][:1]
    confirmed: list[Credentials | None] = [one for one in found if one.is_confirmed]
    for one in (*claimed, *(confirmed or [None])):
        if await verify_password(one.password_hash if one else None, password):
            return one
    return None
