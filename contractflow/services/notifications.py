"""Telling people: a row in the same transaction as what happened, a mail from it afterwards.

The row holds ids and plain facts. Links and codes are derived from the ids when the mail is written, so that
whoever reads the table can open nothing. `queue` is for the services, the rest is for the worker (jobs/mail.py).
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from contractflow.broker import changes
from contractflow.broker.queue import enqueue
from contractflow.config import settings
from contractflow.db import trail
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.email import KINDS, Attachment, MailRefused, compose, missing_facts
from contractflow.integrations.email.kinds import Link
from contractflow.models import AppUser, Artifact, Document, Membership, Notification, Org
from contractflow.models.columns import uuid7
from contractflow.security.links import one_time_code
from contractflow.services import links
from contractflow.services.mail_choices import CHOICES, wants_mail

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
LEASE = timedelta(seconds=60)
"""How long one attempt may take; a worker that dies in the middle is followed by another one after it."""
_FIRST_WAIT, _LONGEST_WAIT = 10.0, 3600.0  # seconds
_LARGEST_ATTACHMENT = 8 * 1024 * 1024
"""Bytes: many receivers refuse mails above 10 MB, and base64 adds a third."""
_ERROR_LIMIT = 500


def queue(
    work: UnitOfWork,
    kind: str,
    *,
    recipient: str,
    dedupe_key: str,
    document_id: UUID | None = None,
    user_id: UUID | None = None,
    **facts: object,
) -> None:
    """Mail `kind` to `recipient` once this transaction is saved; a member (`user_id`) sees it in the feed as well, and
    gets no mail of what they chose to have none of.

    Twice with the same `dedupe_key` is once. Which facts a kind needs stands in integrations/email/kinds.py;
    leaving one out is a bug: TypeError. So is a kind that does not exist: LookupError.
    """
    if missing := missing_facts(kind, facts):
        raise TypeError(f"a message of kind {kind!r} must be told {', '.join(missing)}")
    work.db.flush()
    row: dict[str, object] = {
        "org_id": work.actor.org_id,
        "kind": kind,
        "user_id": user_id,
        "recipient": recipient,
        "document_id": document_id,
        "payload": {name: _plain(value) for name, value in facts.items()},
        "dedupe_key": dedupe_key,
        "created_at": work.now,
        "next_attempt_at": work.now,
    }
    if user_id is not None and KINDS[kind].in_feed:
        _insert(work, row | {"channel": "in_app", "status": "sent", "sent_at": work.now})
        work.after_commit(lambda: changes.announce(f"user:{user_id}"))
    if user_id is not None and not wants_mail(work, user_id, kind):
        return
    if notification_id := _insert(work, row | {"channel": "email", "status": "queued"}):
        ids = {"org_id": str(work.actor.org_id), "notification_id": str(notification_id)}
        job_id = f"mail-{notification_id}"
        work.after_commit(lambda: enqueue("mail.deliver", job_id=job_id, **ids))


def claim(work: UnitOfWork, notification_id: UUID) -> bool:
    """Whether this worker is to send it now. Nobody else is, for as long as the lease lasts."""
    row = work.db.exec(
        select(Notification)
        .where(col(Notification.id) == notification_id, col(Notification.channel) == "email")
        .where(col(Notification.status) == "queued", col(Notification.next_attempt_at) <= work.now)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return False
    if row.attempts >= MOST_ATTEMPTS:
        row.status, row.error = "failed", row.error or "Given up: every attempt ended without an answer."
        return False
    row.attempts += 1
    row.next_attempt_at = work.now + LEASE
    return True


def write(work: UnitOfWork, notification_id: UUID) -> EmailMessage:
    """The mail of a claimed row, with its links and the head of the trail as they are now."""
    row = work.db.get_one(Notification, notification_id)
    _take_head_along(work, row)
    facts = {**row.payload, "is_member": row.user_id is not None}
    if "code_id" in facts:
        facts["code_digits"] = one_time_code(UUID(facts["code_id"]))
    unsubscribe = (
        links.unsubscribe_url(row.org_id, row.user_id, row.kind)
        if row.user_id and row.kind in CHOICES
        else ""
    )
    return compose(
        row.kind,
        facts,
        key=str(row.id),
        recipient=row.recipient or "",
        sender=settings().mail_from,
        org=facts.get("org") or work.db.exec(select(Org.name).where(col(Org.id) == row.org_id)).one(),
        url=url_of(row),
        reply_to=_reply_to(work, row),
        attachments=_attachments(work, row),
        chain=f"{row.chain_seq}:{row.chain_hash.hex()}" if row.chain_seq and row.chain_hash else "",
        choices=links.mail_choices_url() if unsubscribe else "",
        unsubscribe=unsubscribe,
    )


def _take_head_along(work: UnitOfWork, row: Notification) -> None:
    """What is out of the house nobody can write anew; a second attempt says the same as the first."""
    head = trail.head_of(work.db.connection(), row.org_id)
    if row.chain_seq is None and head.seq:
        row.chain_seq, row.chain_hash = head.seq, head.hash


def sent(work: UnitOfWork, notification_id: UUID, message_id: str) -> None:
    row = _locked(work, notification_id)
    row.status, row.sent_at, row.provider_ref, row.error = "sent", work.now, message_id[:200], None


def refused(work: UnitOfWork, notification_id: UUID, refusal: MailRefused) -> None:
    """Give up when trying again cannot help, else wait: exponential, with full jitter."""
    row = _locked(work, notification_id)
    row.error = str(refusal)[:_ERROR_LIMIT]
    if refusal.permanent or row.attempts >= MOST_ATTEMPTS:
        row.status = "failed"
        log.warning("mail %s (%s) failed for good after %d attempts", row.id, row.kind, row.attempts)
        return
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (row.attempts - 1))
    row.next_attempt_at = work.now + timedelta(seconds=secrets.SystemRandom().uniform(0, longest))


def send_anew(work: UnitOfWork, row: Notification) -> None:
    """A mail that came back or was withheld, as if it had just been queued; the row is locked."""
    row.status, row.attempts, row.next_attempt_at, row.error = "queued", 0, work.now, None
    ids = {"org_id": str(row.org_id), "notification_id": str(row.id)}
    work.after_commit(lambda: enqueue("mail.deliver", job_id=f"mail-{row.id}", **ids))


def _insert(work: UnitOfWork, values: dict[str, object]) -> UUID | None:
    """The id of the new row; None when it was there already."""
    wanted = insert(Notification).values(id=uuid7(), **values)
    once = wanted.on_conflict_do_nothing(index_elements=["org_id", "channel", "dedupe_key"])
    return work.db.execute(once.returning(col(Notification.id))).scalar_one_or_none()


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, bool)) else str(value)


def _locked(work: UnitOfWork, notification_id: UUID) -> Notification:
    return work.db.get_one(Notification, notification_id, with_for_update=True)


_BY_ID = {
    Link.INVOICE: ("invoice_id", links.invoice_url),
    Link.BILL: ("invoice_id", links.bill_url),
    Link.LEAD: ("lead_id", links.lead_url),
    Link.ENDPOINT: ("endpoint_id", links.endpoint_url),
    Link.INVITE: ("invite_id", links.invite_url),
    Link.CONFIRM: ("token_id", links.confirm_url),
    Link.RESET: ("token_id", links.reset_url),
    Link.NOT_ME: ("token_id", links.not_me_url),
}


def url_of(row: Notification) -> str:
    """Where its button leads; empty when it leads nowhere."""
    facts, base, link = row.payload, settings().base_url, KINDS[row.kind].link
    if link in _BY_ID:
        fact, url = _BY_ID[link]
        return url(UUID(facts[fact]))
    match link:
        case Link.SIGNING if "signer_id" in facts:
            return links.signing_url(UUID(facts["signer_id"]), UUID(facts["version_id"]))
        case Link.COMMENT if row.document_id:
            return links.comment_url(row.document_id, facts["comment_id"])
        case Link.DOCUMENT | Link.SIGNING if row.document_id:
            return links.document_url(row.document_id)
        case Link.ORG:
            return links.org_url(row.org_id)
        case Link.NONE:
            return ""
        case Link.LOGIN | Link.FORGOT | Link.PLAN | Link.MEMBERS:
            return f"{base}/{link}"
        case _:
            return f"{base}/home"


def _reply_to(work: UnitOfWork, row: Notification) -> str:
    """A client answers to the person who sent the document; a member to nobody."""
    if row.user_id is not None or row.document_id is None:
        return ""
    owner = (
        select(AppUser.email)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .join(Document, col(Document.owner_id) == Membership.id)
        .where(col(Document.id) == row.document_id)
    )
    return work.db.exec(owner).first() or ""


def _attachments(work: UnitOfWork, row: Notification) -> list[Attachment]:
    """The sealed PDF goes with the news that everybody has signed."""
    if row.kind != "completed":
        return []
    sealed = work.db.exec(
        select(Artifact).where(
            col(Artifact.document_id) == row.document_id,
            col(Artifact.kind) == "sealed_pdf",
            col(Artifact.size_bytes) <= _LARGEST_ATTACHMENT,
        )
    ).first()
    if sealed is None or sealed.content is None:
        return []
    return [Attachment(sealed.filename, sealed.content, sealed.mime)]
