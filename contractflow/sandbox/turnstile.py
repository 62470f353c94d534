"""Turnstile: the siteverify answers Cloudflare documents, and a small stand-in for its api.js.

Site keys and secrets are Cloudflare's own test keys: 1x… passes, 2x… fails, 3x… (a person must click; a spent token).
The dummy token passes as often as it is shown, with action "test" and hostname "localhost". The tokens which the
stand-in widget writes carry the action and hostname of its page and are good once, as real ones are.

Faults of "turnstile": http (with "status", 503 by default), hang (with "seconds"), duplicate.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from contractflow.sandbox import faults

SITE_KEY = "1x00000000000000000000AA"
SECRET = "1x0000000000000000000000000000000AA"
DUMMY_TOKEN = "XXXX.DUMMY.TOKEN.XXXX"
_FROM_WIDGET = re.compile(r"SANDBOX~(?P<action>[\w-]{0,32})~(?P<hostname>[\w.-]{1,253})~[\w-]{16,64}")
_REFUSED = {"2x": "invalid-input-response", "3x": "timeout-or-duplicate"}

_answered: dict[str, tuple[str, dict[str, Any]]] = {}
"""token -> (idempotency key, answer): a second use is refused, a retry of the same call is answered again."""


async def _siteverify(request: Request) -> Response:
    fault = faults.take("turnstile", "http", "hang", "duplicate")
    if fault.get("kind") == "http":
        return PlainTextResponse("upstream error", fault.get("status", 503))
    if fault.get("kind") == "hang":
        await asyncio.sleep(fault.get("seconds", 10))
    if fault.get("kind") == "duplicate":
        return JSONResponse(_refusal("timeout-or-duplicate"))
    is_json = request.headers.get("content-type", "").startswith("application/json")
    asked = await request.json() if is_json else dict(await request.form())
    return JSONResponse(answer(asked))


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What Cloudflare replies to `secret`, `response` and the optional `idempotency_key`."""
    secret, token = str(asked.get("secret") or ""), str(asked.get("response") or "")
    if not secret or not token:
        return _refusal("missing-input-response" if secret else "missing-input-secret")
    if secret[:2] in _REFUSED:
        return _refusal(_REFUSED[secret[:2]])
    if secret != SECRET:
        return _refusal("invalid-input-secret")
    if token == DUMMY_TOKEN:
        return _success("test", "localhost")
    return _answer_once(token, str(asked.get("idempotency_key") or ""))


def _answer_once(token: str, key: str) -> dict[str, Any]:
    if token in _answered:
        first_key, reply = _answered[token]
        return reply if key and key == first_key else _refusal("timeout-or-duplicate")
    written = _FROM_WIDGET.fullmatch(token)
    if written is None:
        return _refusal("invalid-input-response")
    reply = _success(written["action"], written["hostname"])
    _answered[token] = (key, reply)
    return reply


def _success(action: str, hostname: str) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "success": True,
        "challenge_ts": now,
        "hostname": hostname,
        "error-codes": [],
        "action": action,
        "cdata": "",
    }


def _refusal(code: str) -> dict[str, Any]:
    return {"success": False, "error-codes": [code]}


async def _script(_request: Request) -> Response:
    return FileResponse(Path(__file__).parent / "turnstile.js", media_type="text/javascript")


routes = [
    Route("/turnstile/v0/siteverify", _siteverify, methods=["POST"]),
    Route("/turnstile/siteverify", _siteverify, methods=["POST"]),
    Route("/turnstile/api.js", _script),
]
