"""From one organisation to another: a new session takes the place of the old one, so these are native forms."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError, NotFound, NotSignedIn
from contractflow.models.columns import uuid7
from contractflow.permissions import System
from contractflow.security.sessions import MEMBERS, Session
from contractflow.services import accounts, orgs
from contractflow.web.admission import admits
from contractflow.web.forms import back, fields, local_path
from contractflow.web.presented import resolve
from contractflow.web.requests import member_of, visitor_of
from contractflow.web.rules import SIGNED_IN
from contractflow.web.switching import change_over
from contractflow.web.threads import perform


@admits(SIGNED_IN, by_itself=True)
async def switch(request: Request) -> Response:
    """Go on in another organisation one is a member of, at `next`. Raises NotFound for one that is not one's own."""
    form, session = await fields(request), await _session(request)
    place = await perform(visitor_of(request), accounts.membership, UUID(session.who), _id(form["org"]))
    if place is None:
        raise NotFound("organisation")
    return await change_over(request, session, place.org_id, local_path(form["next"]) or "/home")


@admits(SIGNED_IN, by_itself=True)
async def create(request: Request) -> Response:
    """Found another organisation and go on there, as its owner."""
    form, session = await fields(request), await _session(request)
    await member_of(request)
    org_id = uuid7()
    try:
        await perform(System(org_id, "organisations"), orgs.found, UUID(session.who), form["agency"])
    except AppError as refused:
        return await back(request, "/organisations", form, refused)
    return await change_over(request, session, org_id, "/home")


async def _session(request: Request) -> Session:
    _, session = await resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
    if session is None:
        raise NotSignedIn
    return session


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise NotFound("organisation") from None


routes = [
    Route("/auth/switch", switch, methods=["POST"]),
    Route("/auth/organisations", create, methods=["POST"]),
]
