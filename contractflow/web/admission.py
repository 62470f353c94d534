"""Who may ask an HTTP route: declared above it, checked before it runs.

    @admits(Permission.AUDIT_EXPORT)
    async def evidence(request, member): ...

A permission asks for the least role that has it for one's own, as `policy` does for handlers; the service decides.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contractflow.errors import NotFound
from contractflow.permissions import Permission, require
from contractflow.web.requests import member_of, person_of, signer_of
from contractflow.web.rules import ENROLLING, PUBLIC, SIGNED_IN, SIGNER, Rule

log = logging.getLogger(__name__)

Endpoint = Callable[..., Awaitable[Response]]
_ATTRIBUTE = "contractflow_admits"


def admits(*rules: Rule | Permission, by_itself: bool = False) -> Callable[[Endpoint], Any]:
    """Declare whom a route admits; its endpoint is handed the actor after the request, unless it is public.

    An endpoint may look `by_itself` who came: to send a form back with what was typed. Several rules mean that any of
    them will do, and that it looks by itself.
    """

    def declare(endpoint: Endpoint) -> Any:
        checked = (
            endpoint if by_itself or len(rules) > 1 or rules[0] is PUBLIC else _checked(rules[0], endpoint)
        )
        setattr(checked, _ATTRIBUTE, rules)
        return checked

    return declare


def rules_of(route: Route) -> tuple[Rule | Permission, ...]:
    """Whom a route admits; empty when nobody said."""
    found: tuple[Rule | Permission, ...] = getattr(route.endpoint, _ATTRIBUTE, ())
    return found


def declared(route: BaseRoute) -> BaseRoute:
    """The route, if somebody said whom it admits; else one at the same place that admits nobody."""
    if isinstance(route, Route) and rules_of(route):
        return route
    path = str(getattr(route, "path", route))
    log.error("nobody said whom %s admits: it is closed", path)
    return Route(path, _closed, methods=list(getattr(route, "methods", None) or ["GET"]))


def undeclared(routes: Iterable[BaseRoute]) -> list[str]:
    """The paths of routes of which nobody said whom they admit."""
    return [route.path for route in routes if not isinstance(route, Route) or not rules_of(route)]  # type: ignore[attr-defined]


async def _closed(_request: Request) -> Response:
    raise NotFound("page")


def _checked(rule: Rule | Permission, endpoint: Endpoint) -> Endpoint:
    if isinstance(rule, Rule) and rule not in (SIGNED_IN, ENROLLING, SIGNER):
        raise TypeError(f"no route admits {rule.value} yet")

    @wraps(endpoint)
    async def check(request: Request) -> Response:
        if rule is SIGNER:
            return await endpoint(request, await signer_of(request))
        if rule is ENROLLING:
            return await endpoint(request, await person_of(request))
        member = await member_of(request)
        if isinstance(rule, Permission):
            require(member, rule, own=True)
        return await endpoint(request, member)

    return check
