"""Each verb is charged by its row of `security.limited_verbs` before it begins: routes here, events by `AuthMiddleware`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contractflow.security.limited_verbs import UNKNOWN, VERBS, Whom, charge
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.web.presented import resolve
from contractflow.web.principal import Principal
from contractflow.web.requests import browser_of, visitor_of

Endpoint = Callable[[Request], Awaitable[Response]]


def limited(route: BaseRoute) -> BaseRoute:
    """The route, with its endpoint behind its limits."""
    assert isinstance(route, Route)  # noqa: S101  `contractflow.api` has no others
    return Route(route.path, _limited(route.path, route.endpoint), methods=list(route.methods or ["GET"]))


def route_verb(method: str, path: str) -> str:
    return f"{'GET' if method == 'HEAD' else method} {path}"


def event_verb(name: str) -> str:
    """ "…state___document____document_state.send" is "DocumentState.send"."""
    state, _, handler = name.rpartition(".")
    words = state.rpartition("____")[2].split("_")
    return f"{''.join(word.capitalize() for word in words)}.{handler}"


async def charge_event(name: str, principal: Principal, *, is_public: bool) -> None:
    """Raises TooMany, or Unavailable without Redis where that refuses."""
    verb = event_verb(name)
    row = VERBS.get(verb, UNKNOWN if is_public else None)
    if row:
        await charge(verb, row, _behind(principal))


def _limited(path: str, endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    async def charged(request: Request) -> Response:
        verb = route_verb(request.method, path)
        row = VERBS.get(verb, UNKNOWN)
        await charge(verb, row, await _who_asks(request, needs_person=row.needs_person))
        return await endpoint(request)

    return charged


async def _who_asks(request: Request, *, needs_person: bool) -> Whom:
    address, browser = visitor_of(request).ip, browser_of(request)
    if not needs_person:
        return Whom(address, browser)
    for store in (MEMBERS, SIGNERS):
        _, session = await resolve(store, request.cookies.get(store.kind.cookie))
        if session:
            return Whom(address, browser, session.who, session.facts.get("org", ""))
    return Whom(address, browser)


def _behind(principal: Principal) -> Whom:
    visitor, browser = principal.visitor.ip, principal.families.visitor
    if principal.member:
        return Whom(visitor, browser, str(principal.member.user_id), str(principal.member.org_id))
    if principal.signer:
        return Whom(visitor, browser, str(principal.signer.signer_id), str(principal.signer.org_id))
    if principal.admin:
        return Whom(visitor, browser, str(principal.admin.user_id))
    return Whom(visitor, browser)
