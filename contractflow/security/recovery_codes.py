"""Ten codes for whoever has lost the phone: each works once. 120 bits each, so a plain hash is enough (ASVS 6.5.2)."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final
from uuid import UUID

HOW_MANY: Final = 10
GROUPS, GROUP = 4, 6
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_READ_AS: Final = str.maketrans({"i": "1", "l": "1", "o": "0", "-": None, " ": None})


def new_codes() -> list[str]:
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
        for _ in range(HOW_MANY)
    ]


def code_hash(user_id: UUID, code: str) -> bytes:
    """What the database keeps; however the code was typed: with or without dashes, in any case, o for 0."""
    plain = code.strip().casefold().translate(_READ_AS)
    return hashlib.sha256(b"recovery\x00" + user_id.bytes + plain.encode("utf-8", "replace")).digest()
