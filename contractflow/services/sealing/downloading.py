"""Taking a document home: the sealed file when there is one, else a marked copy of what one may read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotFound
from contractflow.integrations.signing import render
from contractflow.models import Document, DocumentVersion
from contractflow.permissions import Permission as P
from contractflow.permissions import Signer as SignerActor
from contractflow.services.sealing.paper import gather, printed
from contractflow.services.sealing.sealing import filename, sealed_artifact


@dataclass(frozen=True)
class Download:
    name: str
    content: bytes
    mime: str = "application/pdf"


def download(work: UnitOfWork, document_id: UUID) -> Download:
    """The sealed PDF, or a preview before there is one. Raises NotFound for what is not the reader's."""
    document = _readable(work, document_id)
    sealed = sealed_artifact(work, document.id)
    if sealed is not None and sealed.content is not None:
        return Download(sealed.filename, sealed.content, sealed.mime)
    return Download(filename(document), preview(work, document_id))


def preview(work: UnitOfWork, document_id: UUID) -> bytes:
    """The unsealed PDF: the current version for a member, the sent one for a signer; marked on every page."""
    document = _readable(work, document_id)
    is_signer = isinstance(work.actor, SignerActor)
    version_id = document.sent_version_id if is_signer else document.current_version_id
    version = work.db.get(DocumentVersion, version_id) if version_id else None
    if version is None:
        raise IllegalMove("There is nothing to print yet. Write or draft the document first.")
    return render.render(printed(gather(work, document, version)))


def _readable(work: UnitOfWork, document_id: UUID) -> Document:
    """A member needs the permission; a signer has one document and asks for nothing else."""
    if isinstance(work.actor, SignerActor):
        if work.actor.document_id != document_id:
            raise NotFound("document")
    else:
        work.require(P.DOCUMENT_READ)
    document = work.db.get(Document, document_id)
    if document is None or document.deleted_at is not None:
        raise NotFound("document")
    return document
