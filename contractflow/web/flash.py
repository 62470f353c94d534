"""A refused form comes back to its page with what was typed and why, through Redis and an unguessable code.

The code is all that travels in the address, and it opens only in the browser that posted the form.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from contractflow.broker.connections import async_redis

SECONDS: Final = 600
LONGEST_VALUE: Final = 500
NEVER: Final = frozenset({"password", "present_password", "cf-turnstile-response"})


@dataclass(frozen=True)
class Flash:
    """`errors` by field name; "form" is about the whole of it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


async def keep(visitor: str, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    """Keep a refused form for ten minutes, without its secrets; returns the code for the address."""
    code = secrets.token_urlsafe(16)
    kept = {name: value[:LONGEST_VALUE] for name, value in values.items() if name not in NEVER}
    await async_redis().set(_key(visitor, code), json.dumps([kept, dict(errors)]), ex=SECONDS)
    return code


async def recall(visitor: str, code: str) -> Flash:
    """What `keep` was given; empty when it is gone or another browser's."""
    kept = await async_redis().get(_key(visitor, code)) if code and visitor else None
    return Flash(*json.loads(kept)) if kept else Flash()


def _key(visitor: str, code: str) -> str:
    return "cf:flash:" + hashlib.sha256(f"{visitor}\x00{code}".encode()).hexdigest()
