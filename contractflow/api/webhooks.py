"""POST /api/webhooks/paddle: a signed event is kept and answered within milliseconds; a worker does the rest."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.integrations.payments.paddle import verify_webhook
from contractflow.permissions import Visitor
from contractflow.services import webhooks
from contractflow.web.admission import admits
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform


@admits(PUBLIC)
async def paddle(request: Request) -> Response:
    """200 for what we have, 401 for what Paddle did not sign (it tries again), 400 for what is no event."""
    raw = await request.body()  # exactly these bytes are what the signature is over
    if not await asyncio.to_thread(verify_webhook, request.headers, raw):
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    try:
        await perform(Visitor(), webhooks.receive, raw)
    except ValueError:
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    return Response(status_code=HTTPStatus.OK)


routes = [Route("/api/webhooks/paddle", paddle, methods=["POST"])]
