"""Who sent an HTTP request: for the routes in `contractflow.api`, which have cookies instead of a socket."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request

from contractflow.config import settings
from contractflow.permissions import Member, Signer, Visitor
from contractflow.security.cookies import VISITOR, visitor_id
from contractflow.security.devices import COOKIE, Device
from contractflow.security.keyring import keyring
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.web.presented import resolve
from contractflow.web.principal import read_member, read_signer


def visitor_of(request: HTTPConnection) -> Visitor:
    """Address and browser of whoever sent it."""
    return Visitor(ip=_address(request), user_agent=request.headers.get("user-agent", "")[:300])


def browser_of(request: Request) -> str:
    """The id of the browser, as `SessionGuard` knows it; empty before its first page."""
    return visitor_id(keyring(), request.cookies.get(VISITOR)) or ""


def device_of(request: Request) -> Device:
    """Whom this browser knows."""
    return Device.of(request.cookies.get(COOKIE))


async def member_of(request: Request) -> Member:
    """The member whose session came along. Raises NotSignedIn."""
    _, session = await resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
    return await read_member(session, visitor_of(request))


async def signer_of(request: Request) -> Signer:
    """The client whose portal session came along. Raises PortalClosed."""
    _, session = await resolve(SIGNERS, request.cookies.get(SIGNERS.kind.cookie))
    return await read_signer(session, visitor_of(request))


def _address(request: HTTPConnection) -> str:
    """The client's address; X-Forwarded-For counts only as far as our own proxies wrote it."""
    hops = settings().trusted_proxies
    forwarded = [
        part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()
    ]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.client.host if request.client else ""
