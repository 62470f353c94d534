"""Who sent an HTTP request: for the routes in `contractflow.api`, which have cookies instead of a socket."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.requests import HTTPConnection, Request

from contractflow.config import settings
from contractflow.errors import Invalid, NotSignedIn, PortalClosed
from contractflow.permissions import Member, Signer, Visitor
from contractflow.security.cookies import VISITOR, visitor_id
from contractflow.security.devices import COOKIE, Device
from contractflow.security.keyring import keyring
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.web.presented import resolve
from contractflow.web.principal import read_member, read_person, read_signer

UNREADABLE: Final = "This request cannot be read."


def visitor_of(request: HTTPConnection) -> Visitor:
    """Address and browser of whoever sent it."""
    agent = request.headers.get("user-agent", "")[:300]
    return Visitor(ip=_address(request), user_agent=agent, browser=browser_of(request))


def browser_of(request: HTTPConnection) -> str:
    """The id of the browser, as `SessionGuard` knows it; empty before its first page."""
    return visitor_id(keyring(), request.cookies.get(VISITOR)) or ""


def device_of(request: Request) -> Device:
    """Whom this browser knows."""
    return Device.of(request.cookies.get(COOKIE))


async def json_of(request: Request) -> dict[str, Any]:
    """The object a script of ours posted. Raises Invalid for anything else."""
    try:
        given = json.loads(await request.body())
    except ValueError:
        raise Invalid(UNREADABLE) from None
    if not isinstance(given, dict):
        raise Invalid(UNREADABLE)
    return given


async def member_of(request: Request) -> Member:
    """The member whose session came along. Raises NotSignedIn."""
    _, session = await resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
    return await read_member(session, visitor_of(request))


async def person_of(request: Request) -> Member:
    """The same, also when they still have to set up a second factor. Raises NotSignedIn."""
    _, session = await resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
    return await read_person(session, visitor_of(request))


async def signer_of(request: Request) -> Signer:
    """The client whose portal session came along. Raises PortalClosed."""
    _, session = await resolve(SIGNERS, request.cookies.get(SIGNERS.kind.cookie))
    return await read_signer(session, visitor_of(request))


async def readers_of(request: Request) -> list[Member | Signer]:
    """Everybody whose session came along: one browser may hold a member's and a client's."""
    found: list[Member | Signer] = []
    for actor_of in (member_of, signer_of):
        try:
            found.append(await actor_of(request))
        except (NotSignedIn, PortalClosed):
            continue
    return found


def _address(request: HTTPConnection) -> str:
    """The client's address; X-Forwarded-For counts only as far as our own proxies wrote it."""
    hops = settings().trusted_proxies
    forwarded = [
        part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()
    ]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.client.host if request.client else ""
