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
from contractflow.web.admission import admits
from contractflow.web.rules import PUBLIC

log = logging.getLogger(__name__)

_told: dict[str, str] = {}
_BESIDES = ("mail", "general")
"""Workers without whom people can still be served for a while: named here, shouted about elsewhere."""

PATIENCE = 2.5  # seconds for each check; a probe usually waits three


@admits(PUBLIC)
async def live(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


@admits(PUBLIC)
async def ready(_request: Request) -> Response:
    """200 when all is well, otherwise 503 and which part is not; why stands in the log, not in the answer."""
    outcomes = await asyncio.gather(*(_outcome(check) for check in _CHECKS.values()))
    wrong = {name: outcome for name, outcome in zip(_CHECKS, outcomes, strict=True) if outcome}
    _tell_changes(wrong)
    parts = {name: "failing" if name in wrong else "ok" for name in _CHECKS}
    if "redis" not in wrong:
        parts |= {f"{kind}_worker": "ok" if await heartbeats.alive(kind) else "missing" for kind in _BESIDES}
    if wrong:
        return JSONResponse({"status": "not ready", **parts}, HTTPStatus.SERVICE_UNAVAILABLE)
    return JSONResponse({"status": "ok", **parts})


async def _outcome(check: Callable[[], Awaitable[bool]]) -> str:
    """Empty when all is well, otherwise why not."""
    try:
        return "" if await asyncio.wait_for(check(), PATIENCE) else "says no"
    except Exception as problem:  # noqa: BLE001 -- whatever it is, we are not ready
        return type(problem).__name__


def _tell_changes(wrong: dict[str, str]) -> None:
    """A probe comes every few seconds; the log wants to hear of it once."""
    if wrong != _told:
        log.warning("not ready: %s", wrong) if wrong else log.info("ready")
        _told.clear()
        _told.update(wrong)


async def _database_at_head() -> bool:
    return await asyncio.to_thread(migrations.is_current)


async def _redis() -> bool:
    return bool(await async_redis().ping())  # type: ignore[misc]  # redis-py types one ping for both clients


async def _draft_worker() -> bool:
    return await heartbeats.alive("drafts")


_CHECKS: dict[str, Callable[[], Awaitable[bool]]] = {
    "database": _database_at_head,
    "redis": _redis,
    "draft_worker": _draft_worker,
}

routes = [Route("/api/health/live", live), Route("/api/health/ready", ready)]
