"""Turnstile: is it a person who sends this form?

Fails closed: without a clear yes it is a no. One retry with the same idempotency key, so that a lost answer
does not burn the token. Off only locally, when no site key is configured.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from contractflow.config import settings

log = logging.getLogger(__name__)

_LONGEST_TOKEN = 2048
_SECONDS = 3.0
_TEST_SECRET = "1x0000000000000000000000000000000AA"  # noqa: S105  Cloudflare's own, public
_TEST_TOKEN_ANSWER = ("test", "localhost")


def is_on() -> bool:
    """Whether forms carry the widget; production always does."""
    return settings().turnstile_site_key is not None or settings().environment == "production"


async def verify(token: str, action: str, ip: str) -> bool:
    """Whether Cloudflare says that `token` was made by a person, for `action`, on our own host. Never raises."""
    if not is_on():
        return True
    secret = settings().turnstile_secret
    if secret is None or not token or len(token) > _LONGEST_TOKEN:
        return False
    form = {"secret": secret.get_secret_value(), "response": token, "idempotency_key": str(uuid4())}
    answer = await _ask(form | ({"remoteip": ip} if ip else {}))
    if answer.get("success") is not True:
        log.info("captcha refused %s: %s", action, answer.get("error-codes"))
        return False
    if not _is_for(action, answer):
        log.warning(
            "captcha for another form or host: %s on %s", answer.get("action"), answer.get("hostname")
        )
        return False
    return True


async def _ask(form: dict[str, str]) -> dict[str, Any]:
    """Cloudflare's answer; asked twice when the first time brought none."""
    async with httpx.AsyncClient(timeout=_SECONDS) as http:
        for _ in range(2):
            answer = await _post(http, form)
            if "internal-error" not in answer.get("error-codes", ()):
                break
    return answer


async def _post(http: httpx.AsyncClient, form: dict[str, str]) -> dict[str, Any]:
    try:
        reply = await http.post(settings().turnstile_url, data=form)
        answer = reply.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as problem:
        log.warning("captcha: no answer (%s)", type(problem).__name__)
        return {"success": False, "error-codes": ["internal-error"]}
    return answer if isinstance(answer, dict) else {"success": False, "error-codes": ["internal-error"]}


def _is_for(action: str, answer: dict[str, Any]) -> bool:
    said = (answer.get("action"), answer.get("hostname"))
    if said == (action, urlsplit(settings().base_url).hostname):
        return True
    secret = settings().turnstile_secret
    is_test_key = secret is not None and secret.get_secret_value() == _TEST_SECRET
    return is_test_key and settings().environment != "production" and said == _TEST_TOKEN_ANSWER
