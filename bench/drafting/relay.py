"""The floor's web process: a Starlette app that orders a text and sends what appears in its stream as server-sent events.

One XREAD for every viewer: with no session, no right, no fence, no resuming.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from bench.drafting.pen import ORDERS

redis = Redis.from_url(os.environ["CONTRACTFLOW_REDIS_URL"], decode_responses=True)


async def _events(key: str) -> AsyncIterator[bytes]:
    yield b": queued\n\n"
    last = "0-0"
    while True:
        for _, entries in await redis.xread({key: last}, block=5000):
            for last, entry in entries:  # noqa: B007 -- the last one is where to go on
                if "end" in entry:
                    yield b"event: end\ndata: 1\n\n"
                    return
                yield f"data: {json.dumps(entry['t'])}\n\n".encode()


async def draft(request: Request) -> StreamingResponse:
    order = dict(request.query_params)
    await redis.rpush(ORDERS, json.dumps(order))
    return StreamingResponse(_events(order["key"]), media_type="text/event-stream")


async def ready(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/draft", draft), Route("/ready", ready)])
