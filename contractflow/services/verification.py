"""/verify: anybody who holds the code of a document can ask whether it, or a file of it, is genuine."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.signing import verify
from contractflow.models import Artifact, AuditEvent, Document, DocumentVersion, Org, Signature, Signer
from contractflow.permissions import Permission as P
from contractflow.services.sealing.paper import GONE, moment
from contractflow.services.sealing.sealing import sealed_artifact

LARGEST = verify.LARGEST
"""Bytes of a file that can be checked."""

_CODE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LOOK_UP = text("SELECT org_id, document_id FROM gate_verify_code(:code)")


@dataclass(frozen=True)
class VerifiedSigner:
    """`name` is abbreviated ("C. Weber"): whoever holds a code need not learn more."""

    name: str
    signed_at: str


@dataclass(frozen=True)
class Verified:
    """What a stranger with the code may know: never the title, the text or an address.

    `chain_head` is what the certificate in the file prints, `is_chain_kept` whether our trail still says the same.
    `problem` is why there is nothing to show.
    """

    code: str = ""
    problem: str = ""
    org: str = ""
    number: str = ""
    signed_at: str = ""
    sealed_at: str = ""
    file_sha256: str = ""
    content_sha256: str = ""
    chain_head: str = ""
    chain_seq: str = ""
    is_chain_kept: bool = False
    is_sealed: bool = False
    signers: list[VerifiedSigner] = field(default_factory=list)


@dataclass(frozen=True)
class FileVerdict:
    """`outcome` is the answer and `summary` the sentence for it; "other" is any file that is not this document."""

    outcome: Literal["intact", "changed", "other"]
    summary: str
    sha256: str

    @property
    def is_genuine(self) -> bool:
        return self.outcome == "intact"


def find(work: UnitOfWork, code: str) -> tuple[UUID, UUID]:
    """The organisation and the document behind `code`; asked as a visitor. Raises NotFound."""
    row = work.db.execute(_LOOK_UP, {"code": code}).one_or_none() if _CODE.fullmatch(code) else None
    if row is None:
        raise NotFound("document")
    return row.org_id, row.document_id


def by_code(work: UnitOfWork, code: str) -> Verified:
    """The public page of `code`; asked as the system of the organisation that `find` answered. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    document = _document(work, code)
    version = work.db.get(DocumentVersion, document.sent_version_id) if document.sent_version_id else None
    sealed = sealed_artifact(work, document.id)
    return Verified(
        code=code,
        org=work.db.get_one(Org, document.org_id).name,
        number=document.number,
        signed_at=moment(document.signed_at) if document.signed_at else "",
        sealed_at=moment(sealed.created_at) if sealed else "",
        file_sha256=sealed.sha256.hex() if sealed else "",
        content_sha256=version.content_sha256.hex() if version else "",
        chain_head=_printed(sealed, "chain_head"),
        chain_seq=_printed(sealed, "chain_seq"),
        is_chain_kept=_is_kept(work, sealed),
        is_sealed=sealed is not None,
        signers=_signers(work, document),
    )


def check_file(work: UnitOfWork, code: str, pdf: bytes) -> FileVerdict:
    """Whether `pdf` is the sealed file of this document, byte for byte; if not, what is wrong with it."""
    work.require(P.DOCUMENT_READ)
    document = _document(work, code)
    sha256 = hashlib.sha256(pdf)
    sealed = sealed_artifact(work, document.id)
    if sealed is None:
        return FileVerdict("other", "This document has no sealed file yet.", sha256.hexdigest())
    if sha256.digest() == sealed.sha256:
        words = "This is the sealed file of this document, unchanged to the last byte."
        return FileVerdict("intact", words, sha256.hexdigest())
    report = verify.check(pdf, {_printed(sealed, "fingerprint")})
    if report.is_genuine:
        words = "This file carries our seal, but belongs to another document."
        return FileVerdict("other", words, sha256.hexdigest())
    return FileVerdict("changed" if report.is_ours else "other", report.summary, sha256.hexdigest())


def short_name(name: str) -> str:
    """ "Clara Maria Weber" → "C. Weber"."""
    first, *rest = name.split() or [""]
    return f"{first[:1]}. {rest[-1]}" if rest else f"{first[:1]}."


def _document(work: UnitOfWork, code: str) -> Document:
    document = work.db.exec(select(Document).where(col(Document.verify_code) == code)).one_or_none()
    if document is None or document.deleted_at is not None:
        raise NotFound("document")
    return document


def _printed(sealed: Artifact | None, fact: str) -> str:
    return str((sealed.seal or {}).get(fact, "")) if sealed else ""


def _is_kept(work: UnitOfWork, sealed: Artifact | None) -> bool:
    """Whether the trail has, at the number that the certificate prints, still the hash that it prints."""
    number = _printed(sealed, "chain_seq")
    if not number:
        return False
    kept = work.db.exec(select(AuditEvent.hash).where(col(AuditEvent.seq) == int(number))).first()
    return kept is not None and kept.hex() == _printed(sealed, "chain_head")


def _signers(work: UnitOfWork, document: Document) -> list[VerifiedSigner]:
    signed = select(Signature).where(col(Signature.document_id) == document.id)
    at = {signature.signer_id: moment(signature.signed_at) for signature in work.db.exec(signed)}
    people = (
        select(Signer)
        .where(col(Signer.document_id) == document.id, col(Signer.role) == "signer")
        .where(col(Signer.status).not_in(GONE))
        .order_by(col(Signer.ordinal), col(Signer.id))
    )
    return [VerifiedSigner(short_name(signer.name), at.get(signer.id, "")) for signer in work.db.exec(people)]
