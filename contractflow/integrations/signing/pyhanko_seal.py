"""One certifying PAdES seal over the finished PDF; afterwards no change is allowed.

The file stays PDF/A-2a and PDF/UA-1 through the seal, which takes four measures (each found by the validator):
metadata is not rewritten, the file ends in a line break before the first appended object, the seal's own
appearance is empty instead of in a font that is not embedded, and its widget lies off the page.
"""

from __future__ import annotations

import hashlib
import io

import aiohttp
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.stamp import StaticStampStyle

from contractflow.config import settings
from contractflow.errors import Unavailable
from contractflow.integrations.signing import keys
from contractflow.integrations.signing.sealing import Sealed

FIELD = "ContractFlowSeal"
_OFF_THE_PAGE = (-40, -40, -20, -20)
_EMPTY = StaticStampStyle(
    border_width=0, background=RawContent(data=b"", box=BoxConstraints(width=20, height=20))
)


class _SealWriter(IncrementalPdfFileWriter):  # type: ignore[misc]  # pyHanko is not followed by mypy
    """pyHanko writes XMP anew on saving and loses the schema that declares PDF/UA; a seal changes no metadata."""

    def _update_meta(self) -> None:
        pass


def seal(pdf: bytes, reason: str) -> Sealed:
    """See sealing.seal."""
    signer, tsa_url = keys.signer(), settings().tsa_url
    writer = _SealWriter(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
        name="ContractFlow",
    )
    place = SigFieldSpec(
        sig_field_name=FIELD,
        on_page=-1,
        box=_OFF_THE_PAGE,
        readable_field_name="Digital seal by ContractFlow",
    )
    sealing = signers.PdfSigner(
        meta,
        signer=signer,
        timestamper=HTTPTimeStamper(tsa_url) if tsa_url else None,
        stamp_style=_EMPTY,
        new_field_spec=place,
    )
    out = io.BytesIO()
    try:
        sealing.sign_pdf(writer, output=out)
    except (TimestampRequestError, aiohttp.ClientError, TimeoutError) as wrong:
        raise Unavailable(
            "The timestamp service does not answer; the document is sealed as soon as it does."
        ) from wrong
    sealed = out.getvalue()
    certificate = signer.signing_cert
    return Sealed(
        pdf=sealed,
        sha256=hashlib.sha256(sealed).digest(),
        level="B-T" if tsa_url else "B-B",
        fingerprint=keys.fingerprint(certificate),
        sealed_by=str(certificate.subject.native.get("common_name", "")),
    )
