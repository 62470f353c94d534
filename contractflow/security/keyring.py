"""Values we hand out and recognise later: an opaque text with a keyed MAC, keys that can be replaced."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from contractflow.config import settings

LONGEST: Final = 2048
LEAST_SECRET: Final = 32


def b64(raw: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Keyring:
    """Seals with the first key, opens with any: a new key is put in front, an old one is removed when its time is over.

    A sealed value reads `v1.<key id>.<body>.<HMAC-SHA-256>`; `use` separates one kind of value from another, so
    that a value sealed for one purpose never opens for another.
    """

    current: str
    keys: Mapping[str, bytes]

    def seal(self, use: str, body: str) -> str:
        return f"v1.{self.current}.{body}.{self._mac(self.current, use, body)}"

    def open(self, use: str, sealed: str) -> str | None:
        """The body, or None when it was not sealed by us for this use."""
        parts = sealed.split(".")
        if len(sealed) > LONGEST or len(parts) != 4 or parts[0] != "v1" or parts[1] not in self.keys:
            return None
        good = self._mac(parts[1], use, parts[2])
        return parts[2] if hmac.compare_digest(good.encode(), parts[3].encode("utf-8", "replace")) else None

    def _mac(self, kid: str, use: str, body: str) -> str:
        message = f"contractflow\x00{use}\x00v1\x00{kid}\x00{body}".encode("utf-8", "replace")
        return b64(hmac.new(self.keys[kid], message, hashlib.sha256).digest())


def parse_keys(text: str) -> Keyring:
    """`kid:secret,kid:secret`, the current one first. Raises ValueError without repeating a secret."""
    pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
    if not pairs or any(not kid.isalnum() or len(secret) < LEAST_SECRET for kid, _, secret in pairs):
        raise ValueError(
            f"session keys are `kid:secret` pairs with secrets of {LEAST_SECRET} characters or more"
        )
    return Keyring(pairs[0][0], {kid: secret.encode() for kid, _, secret in pairs})


@cache
def keyring() -> Keyring:
    """The keyring of this process."""
    return parse_keys(settings().session_keys.get_secret_value())
