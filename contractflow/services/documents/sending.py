"""Out of the house and back: send to the client, recall, void; and who signs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Document, Org, Signer
from contractflow.security.links import token_hash
from contractflow.services import links, notifications
from contractflow.services.documents.subject import GONE, DocumentSubject, as_sent, subject
from contractflow.services.identity import verifying
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import APPROVAL, STATUS, Approval, Status
from contractflow.workflows.signer import SIGNER, SignerStatus

EXPIRES_AFTER = timedelta(days=30)


class SignerSubject:
    """A signer as the state table sees it: it belongs to whoever owns the document."""

    def __init__(self, signer: Signer, document: DocumentSubject) -> None:
        self.status = signer.status
        self.decline_reason = signer.decline_reason
        self.is_own = document.is_own


def send(work: UnitOfWork, document_id: UUID, message: str = "") -> None:
    """Freeze the approved version and mail every signer a link that reads it. Twice is the same as once."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.SENT:
        return
    verifying.require_confirmed(work)
    facts = subject(work, document)
    if facts.needs_nothing and document.approval_status is not Approval.NONE:
        move(work, document, APPROVAL, "clear", subject=facts)
        facts = as_sent(facts)
    document.expires_at = work.now + EXPIRES_AFTER
    document.sent_version_id = document.current_version_id
    document.sent_at = work.now
    move(work, document, STATUS, "send", subject=facts, version_id=str(document.current_version_id))
    work.db.flush()
    for signer in open_signers(work, document):
        invite(work, document, signer, facts, message)
    touched(work, document)


def recall(work: UnitOfWork, document_id: UUID) -> None:
    """Take the document back before anybody signed; the links in the mails die at once."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.DRAFT:
        return
    facts = subject(work, document)
    move(work, document, STATUS, "recall", subject=facts)
    _back_to_draft(work, document, facts)


def revise(work: UnitOfWork, document_id: UUID) -> None:
    """Start again from a declined or expired document, with the same text."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.DRAFT:
        return
    facts = subject(work, document)
    move(work, document, STATUS, "revise", subject=facts)
    _back_to_draft(work, document, facts)


def void(work: UnitOfWork, document_id: UUID, reason: str) -> None:
    """End a document that was never signed; everybody who had a link is told why."""
    document = locked(work, Document, document_id, "document")
    if document.status is Status.VOIDED:
        return
    facts = subject(work, document, reason=reason)
    document.closed_reason = reason.strip()[:2_000]
    was_out = document.status is Status.SENT
    move(work, document, STATUS, "void", subject=facts, reason=document.closed_reason)
    for signer in open_signers(work, document):
        if was_out and signer.status in (SignerStatus.INVITED, SignerStatus.VIEWED):
            tell_voided(work, document, signer, document.closed_reason or "")
    touched(work, document)


def open_signers(work: UnitOfWork, document: Document) -> list[Signer]:
    """Who still counts as a signer, in signing order, locked."""
    query = (
        select(Signer)
        .where(
            col(Signer.document_id) == document.id,
            col(Signer.role) == "signer",
            col(Signer.status).not_in(GONE),
        )
        .order_by(col(Signer.ordinal), col(Signer.id))
        .with_for_update()
    )
    return list(work.db.exec(query))


def invite(
    work: UnitOfWork, document: Document, signer: Signer, facts: DocumentSubject, message: str = ""
) -> None:
    """Mail one signer a link that reads the sent version until the document expires."""
    version_id = document.sent_version_id
    assert version_id is not None  # noqa: S101  the database refuses to send without one
    signer.token_hmac = token_hash(links.signing_token(signer.id, version_id))
    signer.token_expires_at = document.expires_at
    signer.invited_at = work.now
    move(work, signer, SIGNER, "invite", subject=SignerSubject(signer, facts))
    notifications.queue(
        work,
        "sign_request",
        recipient=signer.email,
        document_id=document.id,
        dedupe_key=f"sign_request:{signer.id}:{version_id}:{document.expires_at}",
        signer_id=str(signer.id),
        version_id=str(version_id),
        name=signer.name,
        title=document.title,
        org=org_name(work, document),
        message=message.strip()[:1_000],
    )


def _back_to_draft(work: UnitOfWork, document: Document, facts: DocumentSubject) -> None:
    document.sent_version_id = None
    document.expires_at = None
    if document.approval_status is not Approval.NONE and document.approval_status is not Approval.APPROVED:
        move(work, document, APPROVAL, "clear", subject=facts)
    for signer in open_signers(work, document):
        signer.token_hmac = None
        signer.otp_verified_at = None
        signer.consent_at = signer.consent_version = signer.consent_sha256 = None
        signer.decline_reason = None if signer.status is not SignerStatus.DECLINED else signer.decline_reason
        if signer.status is not SignerStatus.WAITING:
            move(work, signer, SIGNER, "rest", subject=SignerSubject(signer, facts))
    touched(work, document)


def tell_voided(work: UnitOfWork, document: Document, signer: Signer, reason: str) -> None:
    """Mail somebody who was asked to sign that they need not any more. Twice is the same as once."""
    notifications.queue(
        work,
        "voided",
        recipient=signer.email,
        document_id=document.id,
        dedupe_key=f"voided:{signer.id}",
        name=signer.name,
        title=document.title,
        org=org_name(work, document),
        reason=reason,
    )


def org_name(work: UnitOfWork, document: Document) -> str:
    return work.db.exec(select(Org.name).where(col(Org.id) == document.org_id)).one()
