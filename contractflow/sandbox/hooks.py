"""Somebody else's program: takes webhooks and Slack's messages, keeps them, shows them, and fails when it is told to.

    POST /hooks/<name>               a webhook
    POST /services/<anything>        a message for a Slack channel
    GET  /hooks, /hooks.json         what came, newest first

Faults of "hooks" and "slack": a status ("500", "410", "302"), {"kind": "slow", "seconds": 3}, "reset" (the connection
closes in the middle), "huge" (an answer without end). {"name": "crm"} waits for a call to that name.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from contractflow.sandbox import faults
from contractflow.sandbox.looks import page

KEPT = 200
_SHOWN_HEADERS = (
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "content-type",
    "user-agent",
    "host",
)


@dataclass(frozen=True)
class Call:
    """`answered` is what we said to it; 0 when the connection was cut."""

    at: str
    channel: str
    name: str
    headers: dict[str, str]
    body: str
    answered: int


_calls: deque[Call] = deque(maxlen=KEPT)


async def _webhook(request: Request) -> Response:
    return await _take(request, "hooks", request.path_params["name"])


async def _slack(request: Request) -> Response:
    return await _take(request, "slack", request.path_params["rest"])


async def _take(request: Request, vendor: str, name: str) -> Response:
    body = (await request.body()).decode("utf-8", "replace")
    fault = faults.take(vendor, name=name)
    kind = fault.get("kind", "")
    answer = _answer(kind)
    _calls.appendleft(
        Call(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            channel=vendor,
            name=name,
            headers={key: request.headers[key] for key in _SHOWN_HEADERS if key in request.headers},
            body=body,
            answered=0 if kind == "reset" else answer.status_code,
        )
    )
    if kind == "slow":
        await asyncio.sleep(float(fault.get("seconds", 3)))
    if kind == "reset":
        _reset(request)
    return answer


def _answer(kind: str) -> Response:
    if kind.isdigit():
        status = HTTPStatus(int(kind))
        headers = {"location": "/hooks/elsewhere"} if 300 <= status < 400 else {}
        return PlainTextResponse(f"Sandbox: {status.phrase}", status, headers)
    if kind == "huge":
        return StreamingResponse(_endless(), media_type="text/plain")
    return PlainTextResponse("ok")


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"more and more " * 512
        await asyncio.sleep(0)


def _reset(request: Request) -> None:
    """RST instead of FIN: the socket is closed with lingering switched off."""
    transport = request.state.transport
    plain = transport.get_extra_info("socket")
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _list_page(_request: Request) -> Response:
    calls: list[dict[str, Any]] = [asdict(call) | {"pretty": _pretty(call.body)} for call in _calls]
    return page("hooks.html", calls=calls)


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


async def _list_json(request: Request) -> Response:
    name = request.query_params.get("name", "")
    return JSONResponse([asdict(call) for call in _calls if not name or call.name == name])


async def _empty(_request: Request) -> Response:
    _calls.clear()
    return Response(status_code=204)


routes = [
    Route("/hooks", _list_page),
    Route("/hooks.json", _list_json),
    Route("/hooks.json", _empty, methods=["DELETE"]),
    Route("/hooks/{name:str}", _webhook, methods=["POST"]),
    Route("/services/{rest:path}", _slack, methods=["POST"]),
]
