"""Is this PDF one we sealed, unchanged? Other readers call a file valid that was added to afterwards; we do not."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

LARGEST = 25_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SealReport:
    """`is_genuine` is the answer; the others say why. `summary` is for the person who asked."""

    sha256: str
    is_sealed: bool = False
    is_ours: bool = False
    is_intact: bool = False
    covers_whole_file: bool = False
    bottom_line: bool = False
    sealed_at: datetime | None = None

    @property
    def is_genuine(self) -> bool:
        return self.is_ours and self.bottom_line and self.covers_whole_file

    @property
    def summary(self) -> str:
        if self.is_genuine:
            return "This file carries our seal and has not been changed since."
        if not self.is_sealed:
            return "This file carries no seal."
        if not self.is_ours:
            return "This file carries a seal, but it is not ours."
        return "This file was changed after it was sealed. Do not rely on it."


def check(pdf: bytes, fingerprints: Collection[str] = ()) -> SealReport:
    """What the seal of `pdf` says. `fingerprints` are seals of ours besides the one in use (after a new key).

    Never raises on a strange file: what cannot be read is not sealed.
    """
    report = SealReport(hashlib.sha256(pdf).hexdigest())
    if len(pdf) > LARGEST or not pdf.startswith(b"%PDF-"):
        return report
    from contractflow.integrations.signing import pyhanko_check  # noqa: PLC0415  0.4 s of imports, by who needs them

    try:
        return pyhanko_check.read(pdf, report, fingerprints)
    except Exception as strange:  # noqa: BLE001  a hostile file may break the reader anywhere
        _log.warning("a file could not be read as a sealed PDF: %s", type(strange).__name__)
        return SealReport(report.sha256, is_sealed=b"/ByteRange" in pdf)
