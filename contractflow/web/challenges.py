"""What a passkey has to sign: random, for one purpose in one browser, for five minutes, once."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from contractflow.errors import Invalid
from contractflow.security.keyring import b64
from contractflow.security.tickets import CHALLENGES
from contractflow.web.requests import browser_of

TOO_LATE: Final = "That took too long. Try again."


async def challenge(request: Request, purpose: str) -> tuple[str, bytes]:
    """The ticket to send along with the answer, and what is to be signed."""
    value = secrets.token_bytes(33)  # no padding in base64
    facts = {"value": b64(value), "purpose": purpose, "browser": browser_of(request)}
    return await CHALLENGES.issue(facts), value


async def answered(request: Request, given: Mapping[str, Any], purpose: str) -> bytes:
    """What the answer in `given` must have signed. Raises Invalid for another purpose or browser, and the second time."""
    ticket = given.get("ticket")
    facts = await CHALLENGES.spend(ticket if isinstance(ticket, str) else None)
    if facts is None or (facts["purpose"], facts["browser"]) != (purpose, browser_of(request)):
        raise Invalid(TOO_LATE)
    return urlsafe_b64decode(facts["value"])
