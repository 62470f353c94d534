"""Health: /api/health/live (this process runs) and /api/health/ready (it can do its work, so send it people)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.broker import heartbeats
from contractflow.broker.connections import async_redis
from contractflow.db import migrations

log = logging.getLogger(__name__)

PATIENCE = 2.5  # seconds for each check; a probe usually waits three


async def live(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def ready(_request: Request) -> Response:
    """200 when all is well, otherwise 503 and which part is not; why stands in the log, not in the answer."""
    names = list(_CHECKS)
    answers = await asyncio.gather(*(_passes(name) for name in names))
    status = HTTPStatus.OK if all(answers) else HTTPStatus.SERVICE_UNAVAILABLE
    parts = {name: "ok" if good else "failing" for name, good in zip(names, answers, strict=True)}
    return JSONResponse({"status": "ok" if all(answers) else "not ready", **parts}, status)


async def _passes(name: str) -> bool:
    try:
        return await asyncio.wait_for(_CHECKS[name](), PATIENCE)
    except Exception as problem:  # noqa: BLE001 -- whatever it is, we are not ready
        log.warning("not ready: %s: %s", name, type(problem).__name__)
        return False


async def _database_at_head() -> bool:
    return await asyncio.to_thread(migrations.is_current)


async def _redis() -> bool:
    return bool(await async_redis().ping())


async def _draft_worker() -> bool:
    return await heartbeats.alive("drafts")


_CHECKS: dict[str, Callable[[], Awaitable[bool]]] = {
    "database": _database_at_head,
    "redis": _redis,
    "draft_worker": _draft_worker,
}

routes = [Route("/api/health/live", live), Route("/api/health/ready", ready)]
