"""Confirming that it is still you: the session goes on under a new secret, and for ten minutes more is allowed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contractflow.errors import NotSignedIn
from contractflow.permissions import Member
from contractflow.security.cookies import set_cookie
from contractflow.security.sessions import MEMBERS
from contractflow.services import factors
from contractflow.web.principal import BROWSER, FACTOR
from contractflow.web.requests import browser_of
from contractflow.web.threads import perform


async def confirm(
    request: Request, member: Member, way: str, answer: dict[str, object] | None = None
) -> Response:
    """The answer to whoever proved it, with the new cookie; the old one is refused from now on. Raises NotSignedIn."""
    facts = {BROWSER: browser_of(request)} | ({FACTOR: way} if way != "password" else {})
    cookie = await MEMBERS.confirm(request.cookies.get(MEMBERS.kind.cookie, ""), facts)
    if cookie is None:
        raise NotSignedIn
    await perform(member, factors.confirmed, way)
    done = JSONResponse(answer or {}, headers={"cache-control": "no-store"})
    done.headers.append("set-cookie", set_cookie(MEMBERS.kind.cookie, cookie, MEMBERS.kind.absolute))
    return done
