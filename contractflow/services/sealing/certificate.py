"""The certificate of completion: how it was signed, in facts a custodian of the records can attest."""

from __future__ import annotations

import json
from datetime import UTC

from sqlmodel import col, select

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.signing.printed import Certificate, CertifiedEvent, CertifiedSigner
from contractflow.models import AuditEvent, AuditHead, Signature, Signer
from contractflow.services.sealing.paper import Paper, moment
from contractflow.services.timeline import QUIET, WORDS

MOST_EVENTS = 400
_AGENT_LENGTH = 90
_HASH_DIGITS = 16


def certificate(work: UnitOfWork, paper: Paper) -> Certificate:
    """For a document that everybody has signed. The chain's head is the one before the entry of the sealing."""
    head = work.db.exec(select(AuditHead)).one()
    document = paper.document
    code = document.verify_code or ""
    return Certificate(
        document_id=str(document.id),
        completed_at=moment(document.signed_at or work.now),
        chain_head=head.hash.hex(),
        chain_seq=head.seq,
        signers=tuple(_signer(paper, signer) for signer in paper.signers),
        events=_events(work, paper),
        notes=_notes(work, paper),
        verify_url=f"{settings().base_url}/verify/{code}" if code else "",
        verify_code=code,
    )


def _signer(paper: Paper, signer: Signer) -> CertifiedSigner:
    signature = paper.signatures[signer.id]
    known = (
        [f"Link mailed to {signer.email}"]
        if signer.contact_id
        else [f"Signed in as a member of {paper.org.name}"]
    )
    if signer.otp_verified_at:
        known.append(f"One-time code mailed to that address, confirmed {moment(signer.otp_verified_at)}")
    return CertifiedSigner(
        name=signature.typed_name,
        email=signer.email,
        role=f"For {paper.party_of(signer)}",
        authentication=tuple(known),
        evidence=_evidence(signer, signature),
    )


def _evidence(signer: Signer, signature: Signature) -> tuple[str, ...]:
    agent = signature.user_agent
    lines = [
        f"Signed ({signature.kind}) {moment(signature.signed_at)}",
        f"“{signature.intent_text}”",
        f"IP address {signature.ip}",
        agent if len(agent) <= _AGENT_LENGTH else f"{agent[:_AGENT_LENGTH]}…",
    ]
    if signer.consent_at:
        lines.append(f"Consent to electronic records {signer.consent_version}, {moment(signer.consent_at)}")
        lines.append(f"Consent text SHA-256 {signature.consent_sha256.hex()[:_HASH_DIGITS]}…")
    return tuple(lines)


def _events(work: UnitOfWork, paper: Paper) -> tuple[CertifiedEvent, ...]:
    query = (
        select(AuditEvent)
        .where(col(AuditEvent.document_id) == paper.document.id, col(AuditEvent.action).not_in(QUIET))
        .where(col(AuditEvent.action).not_like("comment:%"))  # what members say to each other stays theirs
        .order_by(col(AuditEvent.seq).desc())
    )
    newest = work.db.exec(query.limit(MOST_EVENTS)).all()
    return tuple(_event(event) for event in reversed(newest))


def _event(event: AuditEvent) -> CertifiedEvent:
    words = WORDS.get(event.action, ("", event.action.replace(":", " ").replace("_", " ")))[1]
    return CertifiedEvent(
        seq=event.seq,
        at=f"{event.at.astimezone(UTC):%d %b %Y, %H:%M:%S}",
        text=f"{event.actor_label} {words}",
        hash=event.hash.hex()[:_HASH_DIGITS],
    )


def _notes(work: UnitOfWork, paper: Paper) -> tuple[str, ...]:
    """What a reader should know before relying on it: that the approval of what was sent was overridden, and why."""
    query = select(AuditEvent).where(
        col(AuditEvent.document_id) == paper.document.id,
        col(AuditEvent.action) == "document:override_approval",
    )
    sent = str(paper.document.sent_version_id)
    return tuple(
        f"{event.actor_label} sent it without the approval it needed: "
        f"{json.loads(event.canonical).get('data', {}).get('reason', 'no reason given')}"
        for event in work.db.exec(query.order_by(col(AuditEvent.seq)))
        if event.data.get("version_id", sent) == sent
    )
