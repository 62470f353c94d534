"""What pyHanko says about a sealed PDF: whose seal it is, and whether anything was changed or added since."""

from __future__ import annotations

import io
import logging
from collections.abc import Collection
from datetime import UTC, datetime

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from contractflow.integrations.signing import keys
from contractflow.integrations.signing.verify import SealReport

_TIMESTAMP = "signature_time_stamp_token"

logging.getLogger("pyhanko").setLevel(
    logging.CRITICAL
)  # it writes the stack trace of every broken file it is shown
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def read(pdf: bytes, report: SealReport, fingerprints: Collection[str]) -> SealReport:
    """`report` completed when `pdf` carries one seal. Raises whatever pyHanko raises on a file that is broken."""
    seals = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    return _checked(report.sha256, seals[0], fingerprints) if len(seals) == 1 else report


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
