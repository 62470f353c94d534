"""Six digits from an app on a person's phone (RFC 6238): a shared secret of 160 bits and the time."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

import pyotp

ISSUER: Final = "ContractFlow"
PERIOD: Final = 30  # seconds
DRIFT: Final = 1  # how many steps a phone's clock may be early or late
DIGITS: Final = 6


def new_secret() -> str:
    """In base32, 32 characters."""
    return pyotp.random_base32(32)


def address(secret: str, account: str) -> str:
    """What an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is, near `at`; None when it is none. Takes as long for any code."""
    totp, now, found = pyotp.TOTP(secret), int(at.timestamp()) // PERIOD, None
    given = code.encode("utf-8", "replace")
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            found = step
    return found


def looks_like_code(text: str) -> bool:
    return len(text) == DIGITS and text.isascii() and text.isdigit()
