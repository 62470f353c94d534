"""Is this PDF one we sealed, unchanged? Other readers call a file valid that was added to afterwards; we do not."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from contractflow.integrations.signing import keys

LARGEST = 25_000_000
_TIMESTAMP = "signature_time_stamp_token"

_log = logging.getLogger(__name__)
logging.getLogger("pyhanko").setLevel(
    logging.CRITICAL
)  # it writes the stack trace of every broken file it is shown
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


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
    try:
        seals = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        return _checked(report.sha256, seals[0], fingerprints) if len(seals) == 1 else report
    except Exception as strange:  # noqa: BLE001  a hostile file may break the reader anywhere
        _log.warning("a file could not be read as a sealed PDF: %s", type(strange).__name__)
        return SealReport(report.sha256, is_sealed=b"/ByteRange" in pdf)


def _checked(sha256: str, seal: EmbeddedPdfSignature, fingerprints: Collection[str]) -> SealReport:
    ours = keys.signer()
    certificate = seal.signer_cert
    at = seal.self_reported_timestamp or datetime.now(UTC)
    status = validate_pdf_signature(
        seal,
        signer_validation_context=_trusting([certificate], at),
        ts_validation_context=_trusting(_timestamp_certificates(seal), at),
    )
    return SealReport(
        sha256=sha256,
        is_sealed=True,
        is_ours=keys.fingerprint(certificate) in {keys.fingerprint(ours.signing_cert), *fingerprints},
        is_intact=bool(status.intact),
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        bottom_line=bool(status.bottom_line),
        sealed_at=at,
    )


def _trusting(certificates: list[Certificate], at: datetime) -> ValidationContext:
    """Whether the seal is ours is decided by its fingerprint, so its certificate may vouch for itself here, and as
    of the time of sealing: one that has run out since does not make the contract untrue.
    """
    return ValidationContext(trust_roots=certificates, moment=at, allow_fetching=False)


def _timestamp_certificates(seal: EmbeddedPdfSignature) -> list[Certificate]:
    attributes = [a for a in seal.signer_info["unsigned_attrs"] if a["type"].native == _TIMESTAMP]
    tokens = [value["content"] for attribute in attributes for value in attribute["values"]]
    return [held.chosen for token in tokens for held in token["certificates"]]
