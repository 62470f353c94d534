"""Asking once more: whoever has to sign now gets the link again, once a day at most."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models import Document, Notification
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.services.documents.sending import open_signers, org_name
from contractflow.services.documents.subject import subject
from contractflow.services.moving import locked, touched
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus


def remind(work: UnitOfWork, document_id: UUID) -> None:
    """Mail everybody whose turn it is to sign. A second time on one day is the same as once. Raises IllegalMove."""
    document = locked(work, Document, document_id, "document")
    work.require(P.DOCUMENT_REMIND, own=subject(work, document).is_own(work.actor))
    if document.status is not Status.SENT or document.expires_at is None or document.expires_at <= work.now:
        raise IllegalMove("Only what is out to be signed can be reminded of.")
    for signer in open_signers(work, document):
        key = f"sign_reminder:{signer.id}:{work.now:%Y-%m-%d}"
        if signer.status not in (SignerStatus.INVITED, SignerStatus.VIEWED) or _is_sent(work, key):
            continue
        signer.reminder_count += 1
        notifications.queue(
            work,
            "sign_reminder",
            recipient=signer.email,
            document_id=document.id,
            dedupe_key=key,
            signer_id=str(signer.id),
            version_id=str(document.sent_version_id),
            name=signer.name,
            title=document.title,
            org=org_name(work, document),
            until=f"{document.expires_at.day} {document.expires_at:%B %Y}",
        )
        work.record("signer:remind", "signer", signer.id, document_id=document.id)
    touched(work, document)


def _is_sent(work: UnitOfWork, key: str) -> bool:
    query = select(Notification.id).where(
        col(Notification.channel) == "email", col(Notification.dedupe_key) == key
    )
    return work.db.exec(query).first() is not None
