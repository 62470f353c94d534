"""Proving one's address: consent first, then a six-digit code by mail, ten minutes, five tries."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, TooMany
from contractflow.models import Client, Document, OneTimeToken, Org, Signer
from contractflow.models.columns import uuid7
from contractflow.security.links import link_token, one_time_code, same, token_hash
from contractflow.services import notifications
from contractflow.services.documents.sending import org_name
from contractflow.services.portal import wording
from contractflow.services.portal.requests import open_request

CODE_LIFE, CODE_TRIES, CODES_AN_HOUR = timedelta(minutes=10), 5, 5


def consent(work: UnitOfWork) -> None:
    """Record the consent to electronic records: the words, their version and hash, and when."""
    document, signer = open_request(work)
    words = consent_for(work, document)
    if signer.consent_sha256 == words.sha256:
        return
    signer.consent_at, signer.consent_version, signer.consent_sha256 = work.now, words.version, words.sha256
    work.record("signer:consent", "signer", signer.id, document_id=document.id, version=words.version)


def request_code(work: UnitOfWork) -> None:
    """Mail a six-digit code to the signer's own address. Raises TooMany after five in an hour."""
    document, signer = open_request(work)
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
    document, signer = open_request(work)
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


def consent_for(work: UnitOfWork, document: Document) -> wording.Consent:
    query = (
        select(Org.name, Client.is_consumer)
        .join(Client, col(Client.org_id) == Org.id)
        .where(col(Client.id) == document.client_id)
    )
    org, is_consumer = work.db.exec(query).one()
    return wording.for_client(org, is_consumer=is_consumer)


def has_open_code(work: UnitOfWork, signer: Signer) -> bool:
    """Whether a code was mailed that can still be entered."""
    newest = next(iter(_codes(work, signer)), None)
    return newest is not None and newest.expires_at > work.now and newest.attempts < CODE_TRIES


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
