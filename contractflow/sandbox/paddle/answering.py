"""How every call of the API is answered: the key, the faults, and Paddle's shapes for one, many and no."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contractflow.sandbox import faults
from contractflow.sandbox.paddle.books import API_KEY, Books, Entity

Handler = Callable[[Request, Books], Awaitable[Response]]


class Refused(Exception):
    """Answered in Paddle's error shape."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Checks the bearer key, lets a fault happen, and turns a refusal into Paddle's error shape."""

    async def answer(request: Request) -> Response:
        try:
            return await _attempt(handler, request)
        except Refused as refused:
            return _error(refused)

    return answer


async def _attempt(handler: Handler, request: Request) -> Response:
    if request.headers.get("authorization") != f"Bearer {API_KEY}":
        raise Refused(403, "forbidden", "You aren't permitted to perform this request.")
    fault = faults.take("paddle", "http", "applied", method=request.method, path=request.url.path)
    if fault.get("kind") == "http":
        raise Refused(fault.get("status", 503), "service_unavailable", "Sandbox fault")
    reply = await handler(request, books_of(request))
    if fault.get("kind") == "applied":
        raise Refused(fault.get("status", 504), "gateway_timeout", "Sandbox fault after the work was done")
    return reply


def books_of(request: Request) -> Books:
    books: Books = request.app.state.paddle
    books.url = str(request.base_url).rstrip("/")
    return books


def _error(refused: Refused) -> JSONResponse:
    kind = "api_error" if refused.status >= 500 else "request_error"
    error = {
        "type": kind,
        "code": refused.code,
        "detail": refused.detail,
        "documentation_url": "https://developer.paddle.com/errors",
    }
    return JSONResponse({"error": error, "meta": {"request_id": str(uuid4())}}, refused.status)


def one(entity: Entity, status: int = 200) -> JSONResponse:
    return JSONResponse({"data": entity, "meta": {"request_id": str(uuid4())}}, status)


def many(request: Request, entities: list[Entity]) -> JSONResponse:
    """One page in order of id, after the id in `after`."""
    asked = request.query_params
    size = min(int(asked.get("per_page", 50)), 200)
    key = "event_id" if entities and "event_id" in entities[0] else "id"
    newest_first = "desc" in asked.get("order_by", "")
    entities = sorted(entities, key=lambda entity: entity[key], reverse=newest_first)
    if "after" in asked:
        after = asked["after"]
        entities = [e for e in entities if (e[key] < after if newest_first else e[key] > after)]
    shown = entities[:size]
    following = str(request.url.include_query_params(after=shown[-1][key])) if shown else str(request.url)
    pagination = {
        "per_page": size,
        "next": following,
        "has_more": len(entities) > size,
        "estimated_total": len(entities),
    }
    return JSONResponse({"data": shown, "meta": {"request_id": str(uuid4()), "pagination": pagination}})


def found(books: Books, collection: str, entity_id: str) -> Entity:
    if entity_id not in books[collection]:
        raise Refused(404, "not_found", f"Entity {entity_id} not found")
    return books[collection][entity_id]


async def asked_for(request: Request) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(await request.body() or b"{}")
    except ValueError:
        raise Refused(400, "invalid_json", "The body is not JSON") from None
    return body
