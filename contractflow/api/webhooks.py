"""POST /api/webhooks/paddle: a signed event is kept and answered within milliseconds; a worker does the rest."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.integrations.payments.paddle import verify_webhook
from contractflow.permissions import Visitor
from contractflow.services import webhooks
from contractflow.web.threads import perform

LARGEST = 512 * 1024  # bytes; the largest event Paddle documents is a tenth of it


async def paddle(request: Request) -> Response:
    """200 for what we have, 401 for what Paddle did not sign (it tries again), 400 for what is no event."""
    raw = await _body(request)
    if not await asyncio.to_thread(verify_webhook, request.headers, raw):
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    try:
        await perform(Visitor(), webhooks.receive, raw)
    except ValueError:
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    return Response(status_code=HTTPStatus.OK)


routes = [Route("/api/webhooks/paddle", paddle, methods=["POST"])]


async def _body(request: Request) -> bytes:
    """The exact bytes, which the signature is over; 413 as soon as they are too many."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)
