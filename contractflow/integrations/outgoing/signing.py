"""Signed as Standard Webhooks says (github.com/standard-webhooks/standard-webhooks, spec 1.0.0).

The receiver computes HMAC-SHA-256 over "<id>.<timestamp>.<body>" and compares; docs/webhooks.md shows how.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE: Final = 300  # seconds
SECRET_BYTES: Final = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """`whsec_` and base64, as the libraries of the specification take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(message_id: str, at: int, body: bytes, signed_with: Sequence[str]) -> dict[str, str]:
    """`at` in seconds since 1970; one signature for each secret, so that a new one can be put in while the old one counts."""
    signatures = [f"v1,{_signature(secret, message_id, at, body)}" for secret in signed_with]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def verify(secret: str, given: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether somebody who has `secret` signed `body` within the last five minutes. `given`: names in lower case."""
    message_id, at = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message_id or not at.isdecimal() or len(at) > 12 or abs(now - int(at)) > TOLERANCE:
        return False
    right = f"v1,{_signature(secret, message_id, int(at), body)}"
    signatures = given.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(right.encode(), one.encode()) for one in signatures)


def _signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{at}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
