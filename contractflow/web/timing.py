"""How long each route and each handler takes, under the names their limits have too (`limiting`)."""

from __future__ import annotations

import asyncio
import time
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contractflow.broker import latency
from contractflow.web.limiting import event_verb, route_verb


def timed(route: BaseRoute) -> BaseRoute:
    """The route; its endpoint is timed, with its limits and whoever it admits."""
    assert isinstance(route, Route)  # noqa: S101  `contractflow.api` has no others
    path, endpoint = route.path, route.endpoint

    @wraps(endpoint)
    async def measured(request: Request) -> Response:
        begun = time.perf_counter()
        try:
            answer: Response = await endpoint(request)
        finally:
            latency.saw("request", route_verb(request.method, path), time.perf_counter() - begun)
        return answer

    return Route(path, measured, methods=list(route.methods or ["GET"]))


def time_event(name: str) -> None:
    """From now until the task that handles it has ended."""
    begun = time.perf_counter()
    if task := asyncio.current_task():
        task.add_done_callback(lambda _: latency.saw("event", event_verb(name), time.perf_counter() - begun))
