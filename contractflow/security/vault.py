"""Secrets that we have to read again, kept unreadable in the database: AES-256-GCM, keys that can be replaced."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contractflow.config import settings
from contractflow.security.keyring import Keyring, parse_keys

NONCE: Final = 12


class Unreadable(Exception):
    """It was not locked by us, not for this place, or with a key that is gone: a fault, never somebody's mistake."""


def lock(place: str, secret: str) -> bytes:
    """`secret` as the database keeps it. `place` names where (“totp:<user id>”): copied elsewhere, it does not open."""
    ring, nonce = _ring(), secrets.token_bytes(NONCE)
    head = f"v1.{ring.current}.".encode()
    return head + nonce + _cipher(ring, ring.current).encrypt(nonce, secret.encode(), head + place.encode())


def unlock(place: str, locked: bytes) -> str:
    """What `lock` was given for the same place. Raises Unreadable."""
    version, _, rest = locked.partition(b".")
    kid, _, body = rest.partition(b".")
    ring, name = _ring(), kid.decode("latin-1")
    if version != b"v1" or name not in ring.keys:
        raise Unreadable("a secret was locked with a key that CONTRACTFLOW_DATA_KEYS does not hold")
    try:
        plain = _cipher(ring, name).decrypt(
            body[:NONCE], body[NONCE:], version + b"." + kid + b"." + place.encode()
        )
    except (InvalidTag, ValueError):
        raise Unreadable("a secret was changed, or stands where it does not belong") from None
    return plain.decode()


def renewed(place: str, locked: bytes) -> bytes | None:
    """The same secret under the newest key; None when it is already. Raises Unreadable."""
    secret = unlock(place, locked)
    return None if locked.startswith(f"v1.{current_key()}.".encode()) else lock(place, secret)


def current_key() -> str:
    """The id of the key that locks."""
    return _ring().current


def _cipher(ring: Keyring, kid: str) -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=None, info=b"contractflow\x00vault\x00v1").derive(ring.keys[kid])
    return AESGCM(derived)


@cache
def _ring() -> Keyring:
    return parse_keys(settings().data_keys.get_secret_value())
