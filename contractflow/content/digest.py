"""One hash over everything that is agreed: what is approved = sent = signed = sealed."""

from __future__ import annotations

import hashlib

from contractflow.content.version import Content


def canonical(content: Content) -> str:
    """The exact text that is stored with a version and hashed."""
    return content.to_text()


def sha256(text: str) -> bytes:
    """The 32 bytes of SHA-256 over `text` in UTF-8, the same as the database computes."""
    return hashlib.sha256(text.encode()).digest()
