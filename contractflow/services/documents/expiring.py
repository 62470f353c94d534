"""The time to sign runs out, and can be given anew."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Document
from contractflow.services.documents.sending import EXPIRES_AFTER, SignerSubject, invite, open_signers
from contractflow.services.documents.subject import subject
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import STATUS, Status
from contractflow.workflows.signer import SIGNER, SignerStatus


def expire(work: UnitOfWork, document_id: UUID) -> None:
    """Close a sent document whose date has passed; who has signed already keeps the signature. Safe to run twice."""
    document = locked(work, Document, document_id, "document")
    if document.status is not Status.SENT or document.expires_at is None or document.expires_at > work.now:
        return
    end_signing(work, document)


def end_signing(work: UnitOfWork, document: Document) -> None:
    """The time to sign the locked, sent `document` is over."""
    facts = subject(work, document)
    by = work.system("scheduler")
    move(work, document, STATUS, "expire", subject=facts, by=by)
    for signer in open_signers(work, document):
        if signer.status is not SignerStatus.SIGNED:
            move(work, signer, SIGNER, "expire", subject=SignerSubject(signer, facts), by=by)
    touched(work, document)


def extend(work: UnitOfWork, document_id: UUID) -> None:
    """Thirty more days: the same version is out again, and whoever has not signed gets a new mail."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.SENT:
        return
    facts = subject(work, document)
    document.expires_at = work.now + EXPIRES_AFTER
    move(work, document, STATUS, "extend", subject=facts, until=f"{document.expires_at:%Y-%m-%d}")
    work.db.flush()
    for signer in open_signers(work, document):
        if signer.status is SignerStatus.EXPIRED:
            invite(work, document, signer, facts)
    touched(work, document)
