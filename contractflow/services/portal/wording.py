"""The consent to electronic records, word for word as it is shown, hashed and kept with the signature.

15 USC 7001(c) asks for more when the client is a consumer: the right to paper, to withdraw, how to do both, and
what is needed to read the records. The text is versioned: a change of words is a new version.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

VERSION = "2026-11"

BUSINESS = (
    "I agree to receive and sign this document electronically. My electronic signature has the same effect as one "
    "on paper. I can download or print the document at any time, before and after signing."
)
CONSUMER = (
    f"{BUSINESS} I may ask {{org}} for a paper copy free of charge, and I may withdraw this consent before I sign by "
    "declining the document or by writing to {org}; the document is then not signed electronically. My consent covers "
    "this document and its invoices only. To read the records I need a current web browser, a PDF reader and access "
    "to my e-mail address; I will tell {org} when that address changes."
)
INTENT = "By pressing “Sign document” I, {name}, sign “{title}” and agree to be bound by it."


@dataclass(frozen=True)
class Consent:
    """`text` as shown, its `version` and its SHA-256."""

    text: str
    version: str
    sha256: bytes


def for_client(org: str, *, is_consumer: bool) -> Consent:
    words = (CONSUMER if is_consumer else BUSINESS).format(org=org)
    return Consent(
        words,
        f"{VERSION}-{'consumer' if is_consumer else 'business'}",
        hashlib.sha256(words.encode()).digest(),
    )


def intent(name: str, title: str) -> str:
    return INTENT.format(name=name, title=title)
