"""Sealing, once and for ever, in three steps: read what was signed, print and seal it, keep it.

The middle one talks to a timestamp authority and takes a moment, so no transaction is open and no row is locked.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.content import nodes
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.signing import render, sealing
from contractflow.integrations.signing.printed import PrintedContract
from contractflow.integrations.signing.sealing import Sealed
from contractflow.models import Artifact, Document, DocumentVersion, Org, Signer
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.documents.people import owner_of
from contractflow.services.moving import locked, touched
from contractflow.services.sealing.certificate import certificate
from contractflow.services.sealing.paper import GONE, Paper, gather, printed
from contractflow.workflows.document import Status

KIND = "sealed_pdf"
SEALABLE = (Status.SIGNED, Status.PAID)
_NAME_LENGTH = 120
_DUE = text("SELECT org_id, document_id FROM gate_due_seals(:limit)")


def prepare(work: UnitOfWork, document_id: UUID) -> PrintedContract | None:
    """What is to be sealed; None when that is done already, or when not everybody has signed."""
    work.require(P.DOCUMENT_READ)
    document = locked(work, Document, document_id, "document")
    version = work.db.get(DocumentVersion, document.sent_version_id) if document.sent_version_id else None
    if document.status not in SEALABLE or version is None or sealed_artifact(work, document_id) is not None:
        return None
    document.verify_code = document.verify_code or secrets.token_urlsafe(12)
    paper = gather(work, document, version)
    _refuse_unsigned(paper)
    return printed(paper, certificate(work, paper))


def make(contract: PrintedContract) -> Sealed:
    """Print and seal. Raises Unavailable when the key or the timestamp authority cannot be reached: try again later."""
    sealed, printed_facts = sealing.seal(render.render(contract)), contract.certificate
    if printed_facts is None:
        return sealed
    return replace(sealed, chain_seq=str(printed_facts.chain_seq), chain_head=printed_facts.chain_head)


def keep(work: UnitOfWork, document_id: UUID, sealed: Sealed) -> None:
    """Keep the sealed file and send it to everybody who signed and to the document's owner. Twice is once."""
    work.require(P.DOCUMENT_READ)
    document = locked(work, Document, document_id, "document")
    if sealed_artifact(work, document_id) is not None:
        return
    artifact = Artifact(
        org_id=document.org_id,
        document_id=document.id,
        kind=KIND,
        filename=filename(document),
        mime="application/pdf",
        size_bytes=len(sealed.pdf),
        storage_key=None,
        content=sealed.pdf,
        scan_state="clean",
        sha256=sealed.sha256,
        seal=sealed.facts,
    )
    work.db.add(artifact)
    work.db.flush()
    work.record(
        "artifact:seal",
        "artifact",
        artifact.id,
        document_id=document.id,
        sha256=sealed.sha256.hex(),
        level=sealed.level,
    )
    _tell_everybody(work, document)
    touched(work, document)


def due(work: UnitOfWork, limit: int = 20) -> list[tuple[UUID, UUID]]:
    """(org id, document id) of documents that are signed and not sealed, of all organisations: for the sweep."""
    found = work.db.execute(_DUE, {"limit": limit})
    return [(row.org_id, row.document_id) for row in found]


def sealed_artifact(work: UnitOfWork, document_id: UUID) -> Artifact | None:
    query = select(Artifact).where(col(Artifact.document_id) == document_id, col(Artifact.kind) == KIND)
    return work.db.exec(query).first()


def filename(document: Document) -> str:
    """ "CF-2026-00184 Marketing Services Agreement.pdf", without what a file system or a header would misread."""
    title = "".join(c if c.isalnum() or c in " -_.," else " " for c in nodes.visible(document.title))
    return f"{' '.join(f'{document.number} {title}'.split())[:_NAME_LENGTH].strip(' .')}.pdf"


def _refuse_unsigned(paper: Paper) -> None:
    """The database refused anything else long ago; a seal is too final to take its word for it."""
    version = paper.version
    if hashlib.sha256(version.content.encode()).digest() != version.content_sha256:
        raise RuntimeError(f"version {version.id} does not have the hash it is stored with")
    for signer in paper.signers:
        signature = paper.signatures.get(signer.id)
        if signature is None or signature.content_sha256 != version.content_sha256:
            raise RuntimeError(f"signer {signer.id} has not signed version {version.id}")


def _tell_everybody(work: UnitOfWork, document: Document) -> None:
    org = work.db.exec(select(Org.name).where(col(Org.id) == document.org_id)).one()
    signers = select(Signer).where(col(Signer.document_id) == document.id, col(Signer.status).not_in(GONE))
    for signer in work.db.exec(signers.order_by(col(Signer.ordinal), col(Signer.id))):
        notifications.queue(
            work,
            "completed",
            recipient=signer.email,
            dedupe_key=f"completed:{signer.id}",
            document_id=document.id,
            name=signer.name,
            title=document.title,
            org=org,
            signer_id=str(signer.id),
            version_id=str(document.sent_version_id),
        )
    member = owner_of(work, document)
    notifications.queue(
        work,
        "completed",
        recipient=member.email,
        dedupe_key=f"completed:{document.id}:owner",
        document_id=document.id,
        user_id=member.id,
        name=member.name,
        title=document.title,
        org=org,
    )
