"""Between the password and the session: half a sign-in, which opens nothing, and browsers that may leave the rest out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from contractflow.errors import NotSignedIn
from contractflow.permissions import Member, Visitor
from contractflow.security.cookies import clear_cookie, set_cookie
from contractflow.security.keyring import b64, keyring
from contractflow.security.tickets import HALF_SIGN_INS
from contractflow.services import accounts, factors
from contractflow.services.factors import Ways
from contractflow.web.answers import see
from contractflow.web.entering import enter
from contractflow.web.requests import browser_of, visitor_of
from contractflow.web.threads import look, perform

HALF: Final = "__Host-cf_half"
"""The password was right: ten minutes and five tries to show the second factor, in this browser, once."""

TRUSTED: Final = "__Host-cf_trusted"
"""This browser was remembered for somebody: there the password is enough."""

REMEMBERED: Final = "remembered browser"
AGAIN: Final = "That took too long, or too many tries. Sign in again."


@dataclass(frozen=True)
class Half:
    """A sign-in whose password was right. `ticket` is good for one whole one."""

    ticket: str
    user_id: UUID
    org_id: UUID
    onward: str


async def lead_on(request: Request, user_id: UUID, org_id: UUID, onward: str) -> Response:
    """The password was right: in, or first to the second step for who has a second factor."""
    visitor = visitor_of(request)
    if not (await look(visitor, factors.standing, user_id, org_id)).has_factor:
        return await enter(request, user_id, org_id, onward)
    if await _is_remembered(request, visitor, user_id):
        return await enter(request, user_id, org_id, onward, factor=REMEMBERED, is_confirmed=False)
    facts = {
        "user": str(user_id),
        "org": str(org_id),
        "onward": onward,
        "browser": visitor.browser,
    }
    ticket = await HALF_SIGN_INS.issue(facts)
    ways = await perform(await member_at(visitor, user_id, org_id), factors.ways)
    return see(second_page(ways), set_cookie(HALF, ticket, HALF_SIGN_INS.kind.seconds))


def second_page(ways: Ways) -> str:
    """The page of the second step; it says how it can be taken, and nothing of who takes it."""
    return f"/login/code?by={'.'.join(['app'] * ways.has_app + ['passkey'] * ways.has_passkey)}"


async def half_of(request: Request) -> Half:
    """The half sign-in of this browser. Raises NotSignedIn when there is none, or no longer."""
    ticket = request.cookies.get(HALF)
    facts = await HALF_SIGN_INS.read(ticket)
    if not ticket or facts is None or not secrets.compare_digest(facts["browser"], browser_of(request)):
        raise NotSignedIn(AGAIN)
    return Half(ticket, UUID(facts["user"]), UUID(facts["org"]), facts["onward"])


async def complete(request: Request, half: Half, way: str, *, remember: bool) -> Response:
    """The second factor was right as well: in. Raises NotSignedIn when the other half was spent meanwhile."""
    if await HALF_SIGN_INS.spend(half.ticket) is None:
        raise NotSignedIn(AGAIN)
    answer = await enter(request, half.user_id, half.org_id, half.onward, factor=way)
    answer.headers.append("set-cookie", clear_cookie(HALF))
    if remember:
        secret = b64(secrets.token_bytes(32))
        member = await member_at(visitor_of(request), half.user_id, half.org_id)
        await perform(member, factors.trust, secret)
        answer.headers.append(
            "set-cookie", set_cookie(TRUSTED, keyring().seal("trusted", secret), factors.TRUST_SECONDS)
        )
    return answer


async def member_at(visitor: Visitor, user_id: UUID, org_id: UUID) -> Member:
    """Whose password was right, as who does the second step. Raises NotSignedIn for who is no member any more."""
    row = await look(visitor, accounts.membership, user_id, org_id)
    if row is None:
        raise NotSignedIn("You are no longer a member of that organisation.")
    return Member(user_id, org_id, row.membership_id, row.role, row.user_name, visitor.ip, visitor.user_agent)


async def _is_remembered(request: Request, visitor: Visitor, user_id: UUID) -> bool:
    cookie = request.cookies.get(TRUSTED)
    secret = keyring().open("trusted", cookie) if cookie else None
    return secret is not None and await perform(visitor, factors.is_trusted, user_id, secret)
