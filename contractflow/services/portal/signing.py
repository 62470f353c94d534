"""Signing: a signature and a sentence of intent, once the address is proven. Declining: a reason."""

from __future__ import annotations

import json
from typing import Any

from contractflow.broker.queue import enqueue
from contractflow.content import nodes
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.integrations.signing import strokes
from contractflow.models import (
    Document,
    DocumentVersion,
    Signature,
    Signer,
)
from contractflow.services import invoices, notifications
from contractflow.services.documents.people import owner_of
from contractflow.services.documents.sending import SignerSubject
from contractflow.services.documents.subject import subject
from contractflow.services.moving import move, touched
from contractflow.services.portal import wording
from contractflow.services.portal.requests import actor_of, refuse_closed, request
from contractflow.workflows.document import STATUS
from contractflow.workflows.signer import SIGNER, SignerStatus

KINDS = ("typed", "drawn")
REASON_LIMIT, NAME_LIMIT, LONGEST_DRAWING = 2_000, 120, 400_000


def sign(
    work: UnitOfWork, *, kind: str, typed_name: str, drawn: str = "", agreed_intent: bool = False
) -> None:
    """Sign the sent version. `kind` is one of KINDS, `drawn` the JSON of the strokes. Twice is the same as once.

    The database checks once more that it is the exact content that was sent, by a verified signer in turn.
    """
    document, signer = request(work)
    if signer.status is SignerStatus.SIGNED:
        return
    refuse_closed(work, document, signer)
    consent_sha256 = _require_ready(signer)
    name = " ".join(nodes.visible(typed_name).split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid(f"Type your full name, at most {NAME_LIMIT} characters.", "typed_name")
    if kind not in KINDS:
        raise Invalid("Type your name as your signature, or draw it.", "signature")
    lines = _drawn(drawn) if kind == "drawn" else None
    if not agreed_intent:
        raise Invalid("Tick the sentence that says that you sign.", "agreed_intent")
    version = work.db.get(DocumentVersion, document.sent_version_id)
    if version is None:
        raise NotFound("document")
    work.db.add(
        Signature(
            org_id=document.org_id,
            document_id=document.id,
            signer_id=signer.id,
            version_id=version.id,
            kind=kind,
            typed_name=name,
            strokes=lines,
            intent_text=wording.intent(name, document.title),
            content_sha256=version.content_sha256,
            consent_sha256=consent_sha256,
            ip=actor_of(work).ip or "0.0.0.0",  # noqa: S104  an address, not a bind
            user_agent=actor_of(work).user_agent[:500] or "unknown",
        )
    )
    work.db.flush()
    facts = subject(work, document)
    signer.completed_at, signer.next_reminder_at = work.now, None
    move(
        work,
        signer,
        SIGNER,
        "sign",
        subject=SignerSubject(signer, facts),
        kind=kind,
        sha256=version.content_sha256.hex(),
    )
    work.db.flush()
    _complete(work, document)
    touched(work, document)


def decline(work: UnitOfWork, reason: str) -> None:
    """Refuse to sign, with a reason that everybody involved reads."""
    document, signer = request(work)
    if signer.status is SignerStatus.DECLINED:
        return
    refuse_closed(work, document, signer)
    words = nodes.visible(reason).strip()
    if not words or len(words) > REASON_LIMIT:
        raise Invalid(f"Say why, in at most {REASON_LIMIT:,} characters. The sender reads it.", "reason")
    facts = subject(work, document, reason=words)
    signer.decline_reason, signer.completed_at = words, work.now
    move(work, signer, SIGNER, "decline", subject=SignerSubject(signer, facts), reason=words)
    document.closed_reason = words
    move(work, document, STATUS, "decline", subject=facts)
    _tell_owner(work, document, "declined", signer=signer.name, reason=words)
    touched(work, document)


def _complete(work: UnitOfWork, document: Document) -> None:
    """After the last signature: the document is signed, invoices are planned, a worker seals the PDF."""
    facts = subject(work, document)
    if facts.is_signed_by_all:
        document.signed_at = work.now
        move(work, document, STATUS, "sign", subject=facts)
        work.db.flush()
        invoices.plan_out(work, document)
        ids: dict[str, Any] = {"org_id": str(document.org_id), "document_id": str(document.id)}
        work.after_commit(lambda: enqueue("signing.seal", job_id=f"seal-{document.id}", **ids))
    _tell_owner(
        work, document, "document_signed", signer=actor_of(work).name, is_complete=facts.is_signed_by_all
    )


def _tell_owner(work: UnitOfWork, document: Document, kind: str, **facts: Any) -> None:
    owner = owner_of(work, document)
    notifications.queue(
        work,
        kind,
        recipient=owner.email,
        user_id=owner.id,
        document_id=document.id,
        dedupe_key=f"{kind}:{actor_of(work).signer_id}:{document.sent_version_id}",
        name=owner.name,
        title=document.title,
        number=document.number,
        **facts,
    )


def _drawn(typed: str) -> list[list[list[float]]]:
    if not typed:
        raise Invalid("Draw your signature.", "signature")
    try:
        return strokes.to_json(strokes.parse(json.loads(typed[:LONGEST_DRAWING])))
    except ValueError:
        raise Invalid("Draw your signature again, or type it instead.", "signature") from None


def _require_ready(signer: Signer) -> bytes:
    """The hash of what was consented to. Raises IllegalMove while a step before the signature is missing."""
    if signer.consent_at is None or signer.consent_sha256 is None:
        raise IllegalMove("Agree to sign electronically first.")
    if signer.otp_verified_at is None:
        raise IllegalMove("Enter the code from the mail first.")
    return signer.consent_sha256
