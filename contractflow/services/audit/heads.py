"""The head of the trail: it goes out in mails and sealed PDFs, and whoever holds one can ask whether it still stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlmodel import col, select

from contractflow.db import trail
from contractflow.db.trail import Head
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import AuditEvent
from contractflow.permissions import Permission as P
from contractflow.services.display import shown

_HASH = re.compile(r"[0-9a-f]{64}")
MOST_DIGITS = 15


@dataclass(frozen=True)
class Comparison:
    """What became of a head that somebody holds: `is_kept`, and the sentence for it."""

    is_kept: bool = False
    words: str = ""


def head(work: UnitOfWork) -> Head:
    """The newest event of the trail: printed on what leaves the house, it shows if the chain is ever written anew."""
    work.require(P.DOCUMENT_READ)
    return trail.head_of(work.db.connection(), work.system("audit").org_id)


def compare(work: UnitOfWork, number: str, digest: str) -> Comparison:
    """Whether the trail still holds the entry that a mail or a certificate prints. Raises Invalid by field."""
    work.require(P.AUDIT_VERIFY)
    seq, wanted = _number(number), "".join(digest.split()).lower()
    if not _HASH.fullmatch(wanted):
        raise Invalid("Enter all 64 characters, from 0 to 9 and from a to f.", "digest")
    event = work.db.exec(select(AuditEvent).where(col(AuditEvent.seq) == seq)).one_or_none()
    if event is None:
        return Comparison(False, f"The trail has no entry {seq:,}. It ends before, or was cut off.")
    at = shown(work, event.at).exact
    if event.hash.hex() != wanted:
        return Comparison(
            False, f"Entry {seq:,} of {at} has another fingerprint: the trail was written anew."
        )
    return Comparison(
        True, f"Entry {seq:,} of {at} stands as you hold it. Verify proves everything before it."
    )


def _number(typed: str) -> int:
    digits = re.sub(r"[\s,.’']", "", typed)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS and int(digits) > 0):
        raise Invalid("Enter the number of the entry, such as 1234.", "number")
    return int(digits)
