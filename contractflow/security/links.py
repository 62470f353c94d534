"""Links and codes that travel by mail. They are derived from a row and our key, so none is ever stored:

the worker derives them again when it renders the mail, the database keeps only a hash to find the row by.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from contractflow.config import settings


def link_token(purpose: str, row_id: UUID) -> str:
    """The token of one row's link, 43 characters; `purpose` keeps one kind of link from opening another."""
    return base64.urlsafe_b64encode(_derived(f"{purpose}:{row_id}")).rstrip(b"=").decode()


def signed_words(purpose: str, words: str) -> str:
    """`words` for a link that needs no row: they can be read, and not changed."""
    mac = base64.urlsafe_b64encode(_derived(f"{purpose}:{words}")).rstrip(b"=").decode()
    return f"{words}.{mac}"


def read_words(purpose: str, token: str) -> str | None:
    """What `signed_words` was given for this purpose; None for anything else."""
    words, _, _ = token.rpartition(".")
    return words if same(signed_words(purpose, words), token) else None


def token_hash(token: str) -> bytes:
    """What the database stores and looks up: SHA-256 of the token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def one_time_code(row_id: UUID) -> str:
    """Six digits for the row of one request; who counts tries and time is the row."""
    return f"{int.from_bytes(_derived(f'code:{row_id}')[:8]) % 1_000_000:06d}"


def same(expected: str, given: str) -> bool:
    """Compare what somebody typed in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _derived(what: str) -> bytes:
    return hmac.new(settings().link_key.get_secret_value().encode(), what.encode(), hashlib.sha256).digest()
