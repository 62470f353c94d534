"""Signing: consent, a code to one's own address, a signature, a sentence of intent. Declining: a reason."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlmodel import col, func, select

from contractflow.broker.queue import enqueue
from contractflow.content import nodes
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound, TooMany
from contractflow.integrations.signing import strokes
from contractflow.models import (
    AppUser,
    Client,
    Document,
    DocumentVersion,
    Membership,
    OneTimeToken,
    Org,
    Signature,
    Signer,
)
from contractflow.models.columns import uuid7
from contractflow.permissions import Signer as SignerActor
from contractflow.security.links import link_token, one_time_code, same, token_hash
from contractflow.services import invoices, notifications
from contractflow.services.documents.sending import SignerSubject, org_name
from contractflow.services.documents.subject import subject
from contractflow.services.moving import locked, move, touched
from contractflow.services.portal import consent as consents
from contractflow.workflows.document import STATUS, Status
from contractflow.workflows.signer import SIGNER, SignerStatus

CODE_LIFE, CODE_TRIES, CODES_AN_HOUR = timedelta(minutes=10), 5, 5
REASON_LIMIT, NAME_LIMIT, LONGEST_DRAWING = 2_000, 120, 400_000


def consent(work: UnitOfWork) -> None:
    """Record the consent to electronic records: the words, their version and hash, and when."""
    document, signer = _open_request(work)
    words = consent_for(work, document)
    if signer.consent_sha256 == words.sha256:
        return
    signer.consent_at, signer.consent_version, signer.consent_sha256 = work.now, words.version, words.sha256
    work.record("signer:consent", "signer", signer.id, document_id=document.id, version=words.version)


def request_code(work: UnitOfWork) -> None:
    """Mail a six-digit code to the signer's own address. Raises TooMany after five in an hour."""
    document, signer = _open_request(work)
    if signer.consent_at is None:
        raise IllegalMove("Agree to sign electronically first.")
    _refuse_too_many(work, signer)
    for earlier in _codes(work, signer):
        earlier.revoked_at = work.now
    code_id = uuid7()
    work.db.add(
        OneTimeToken(
            id=code_id,
            org_id=document.org_id,
            purpose="signing_otp",
            email=signer.email,
            subject_id=signer.id,
            token_hmac=token_hash(link_token("signing-code", code_id)),
            expires_at=work.now + CODE_LIFE,
        )
    )
    notifications.queue(
        work,
        "signing_code",
        recipient=signer.email,
        document_id=document.id,
        dedupe_key=f"signing_code:{code_id}",
        code_id=str(code_id),
        name=signer.name,
        title=document.title,
        org=org_name(work, document),
    )
    work.record("signer:request_code", "signer", signer.id, document_id=document.id)


def verify_code(work: UnitOfWork, typed: str) -> bool:
    """Whether `typed` is the code that was mailed last. A wrong one costs one of five tries.

    Answers False instead of raising, because the try must be counted whatever comes of it.
    """
    document, signer = _open_request(work)
    if signer.otp_verified_at is not None:
        return True
    code = next(iter(_codes(work, signer)), None)
    if code is None or code.expires_at < work.now or code.attempts >= CODE_TRIES:
        return False
    code.attempts += 1
    digits = "".join(character for character in typed if character.isdigit())
    if not same(one_time_code(code.id), digits):
        work.record("signer:wrong_code", "signer", signer.id, document_id=document.id, attempt=code.attempts)
        return False
    code.used_at = signer.otp_verified_at = work.now
    work.record("signer:verify_code", "signer", signer.id, document_id=document.id)
    return True


def sign(
    work: UnitOfWork, *, kind: str, typed_name: str, drawn: str = "", agreed_intent: bool = False
) -> None:
    """Sign the sent version. `drawn` is the JSON of the strokes. Twice is the same as once.

    The database checks once more that it is the exact content that was sent, by a verified signer in turn.
    """
    document, signer = _request(work)
    if signer.status is SignerStatus.SIGNED:
        return
    _refuse_closed(work, document, signer)
    consent_sha256 = _require_ready(signer)
    name = " ".join(nodes.visible(typed_name).split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid(f"Type your full name, at most {NAME_LIMIT} characters.", "typed_name")
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
            kind=kind if kind == "drawn" else "typed",
            typed_name=name,
            strokes=_drawn(drawn) if kind == "drawn" else None,
            intent_text=consents.intent(name, document.title),
            content_sha256=version.content_sha256,
            consent_sha256=consent_sha256,
            ip=_actor(work).ip or "0.0.0.0",  # noqa: S104  an address, not a bind
            user_agent=_actor(work).user_agent[:500] or "unknown",
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
    document, signer = _request(work)
    if signer.status is SignerStatus.DECLINED:
        return
    _refuse_closed(work, document, signer)
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


def consent_for(work: UnitOfWork, document: Document) -> consents.Consent:
    query = (
        select(Org.name, Client.is_consumer)
        .join(Client, col(Client.org_id) == Org.id)
        .where(col(Client.id) == document.client_id)
    )
    org, is_consumer = work.db.exec(query).one()
    return consents.for_client(org, is_consumer=is_consumer)


def _complete(work: UnitOfWork, document: Document) -> None:
    """After the last signature: the document is signed, invoices are planned, a worker seals the PDF."""
    facts = subject(work, document)
    if facts.is_signed_by_all:
        document.signed_at = work.now
        move(work, document, STATUS, "sign", subject=facts)
        work.db.flush()
        invoices.plan_out(work, document)
        ids: dict[str, Any] = {"org_id": str(document.org_id), "document_id": str(document.id)}
        work.after_commit(
            lambda: enqueue("signing.seal", queue="general", job_id=f"seal-{document.id}", **ids)
        )
    _tell_owner(
        work, document, "document_signed", signer=_actor(work).name, is_complete=facts.is_signed_by_all
    )


def _tell_owner(work: UnitOfWork, document: Document, kind: str, **facts: Any) -> None:
    query = (
        select(AppUser)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(col(Membership.id) == document.owner_id)
    )
    owner = work.db.exec(query).first()
    if owner is not None:
        notifications.queue(
            work,
            kind,
            recipient=owner.email,
            user_id=owner.id,
            document_id=document.id,
            dedupe_key=f"{kind}:{_actor(work).signer_id}:{document.sent_version_id}",
            name=owner.name,
            title=document.title,
            number=document.number,
            **facts,
        )


def _drawn(typed: str) -> list[list[list[float]]]:
    try:
        return strokes.to_json(strokes.parse(json.loads(typed[:LONGEST_DRAWING])))
    except ValueError:
        raise Invalid("Draw your signature again, or type it instead.", "signature") from None


def _request(work: UnitOfWork) -> tuple[Document, Signer]:
    actor = _actor(work)
    document = locked(work, Document, actor.document_id, "document")
    return document, locked(work, Signer, actor.signer_id, "document")


def _open_request(work: UnitOfWork) -> tuple[Document, Signer]:
    document, signer = _request(work)
    _refuse_closed(work, document, signer)
    return document, signer


def _refuse_closed(work: UnitOfWork, document: Document, signer: Signer) -> None:
    if document.status is not Status.SENT or signer.status not in (SignerStatus.INVITED, SignerStatus.VIEWED):
        raise IllegalMove(
            "This document is no longer open for signing. Ask the sender if you did not expect that."
        )
    if document.expires_at is not None and document.expires_at < work.now:
        raise IllegalMove("The time to sign has run out. Ask the sender for a new date.")


def _require_ready(signer: Signer) -> bytes:
    """The hash of what was consented to. Raises IllegalMove while a step before the signature is missing."""
    if signer.consent_at is None or signer.consent_sha256 is None:
        raise IllegalMove("Agree to sign electronically first.")
    if signer.otp_verified_at is None:
        raise IllegalMove("Enter the code from the mail first.")
    return signer.consent_sha256


def _refuse_too_many(work: UnitOfWork, signer: Signer) -> None:
    query = select(func.count(), func.min(OneTimeToken.created_at)).where(
        col(OneTimeToken.subject_id) == signer.id,
        col(OneTimeToken.purpose) == "signing_otp",
        col(OneTimeToken.created_at) > work.now - timedelta(hours=1),
    )
    count, first = work.db.exec(query).one()
    if count >= CODES_AN_HOUR and first is not None:
        wait = int((first + timedelta(hours=1) - work.now).total_seconds()) + 1
        raise TooMany(f"Too many codes were asked for. Try again in {wait // 60 + 1} minutes.", wait)


def _codes(work: UnitOfWork, signer: Signer) -> list[OneTimeToken]:
    """Codes that could still be used, newest first, locked."""
    query = (
        select(OneTimeToken)
        .where(
            col(OneTimeToken.subject_id) == signer.id,
            col(OneTimeToken.purpose) == "signing_otp",
            col(OneTimeToken.used_at).is_(None),
            col(OneTimeToken.revoked_at).is_(None),
        )
        .order_by(col(OneTimeToken.id).desc())
        .limit(CODES_AN_HOUR + 1)
        .with_for_update()
    )
    return list(work.db.exec(query))


def _actor(work: UnitOfWork) -> SignerActor:
    if not isinstance(work.actor, SignerActor):
        raise NotAllowed("Only the person this document was sent to can do that.")
    return work.actor
