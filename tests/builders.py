"""What tests need to exist: plain functions that add one thing, with sensible defaults, and lead it along legal ways."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.outgoing import signing
from contractflow.models import (
    Approval,
    ApprovalPolicy,
    ApprovalRound,
    Artifact,
    Client,
    Comment,
    Contact,
    Delivery,
    DeliveryAttempt,
    Document,
    DocumentVersion,
    DraftAttempt,
    DraftJob,
    Endpoint,
    Invoice,
    Lead,
    Membership,
    Notification,
    OneTimeToken,
    Org,
    OwnershipOffer,
    Payment,
    Signature,
    Signer,
    Template,
)
from contractflow.models.columns import uuid7
from contractflow.permissions import Member, Role
from contractflow.security import vault
from contractflow.services.outgoing import places
from contractflow.workflows.billing import InvoiceStatus, PaymentStatus
from contractflow.workflows.document import Approval as ApprovalStatus
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus
from contractflow.workflows.template import TemplateStatus
from tests import cast

_numbers = count(1)
CONSENT = hashlib.sha256(b"I agree to sign electronically.").digest()


def org_id(work: UnitOfWork) -> UUID:
    assert work.actor.org_id
    return work.actor.org_id


def _added(work: UnitOfWork, row: Any) -> Any:
    work.db.add(row)
    work.db.flush()
    return row


def an_org(work: UnitOfWork, **other: Any) -> Org:
    """An organisation of the actor's id; it needs an owner before the commit."""
    number = next(_numbers)
    return _added(
        work, Org(**{"id": org_id(work), "slug": f"agency-{number}", "name": f"Agency {number}"} | other)
    )


def a_member(work: UnitOfWork, user_id: UUID, role: Role = Role.MEMBER, **other: Any) -> Membership:
    return _added(work, Membership(**{"org_id": org_id(work), "user_id": user_id, "role": role} | other))


def an_offer(work: UnitOfWork, owner_id: UUID, heir_id: UUID, **other: Any) -> OwnershipOffer:
    """The ownership, offered by one membership to another for a week."""
    defaults = {
        "org_id": org_id(work),
        "from_id": owner_id,
        "to_id": heir_id,
        "expires_at": work.now + timedelta(days=7),
    }
    return _added(work, OwnershipOffer(**defaults | other))


def a_client(work: UnitOfWork, **other: Any) -> Client:
    defaults = {"org_id": org_id(work), "name": f"Bright Foods {next(_numbers)}", "currency": "EUR"}
    return _added(work, Client(**defaults | other))


def a_contact(work: UnitOfWork, client: Client, **other: Any) -> Contact:
    defaults = {
        "org_id": client.org_id,
        "client_id": client.id,
        "name": cast.clara.name,
        "email": cast.clara.email,
        "is_primary": True,
    }
    return _added(work, Contact(**defaults | other))


def a_document(
    work: UnitOfWork, client: Client | None = None, owner: Member | None = None, **other: Any
) -> Document:
    """A draft without content. Its owner and author is Mia (Rita at Redshift)."""
    client = client or a_client(work)
    owner = owner or (cast.rita if client.org_id == cast.REDSHIFT else cast.mia)
    defaults = {
        "org_id": client.org_id,
        "client_id": client.id,
        "kind": "sow",
        "number": f"T-{next(_numbers):05d}",
        "title": "Launch campaign",
        "currency": client.currency,
        "owner_id": owner.membership_id,
        "created_by": owner.user_id,
    }
    return _added(work, Document(**defaults | other))


def content(
    document: Document, total_minor: int = 100_000, plan: list[dict[str, Any]] | None = None, **other: Any
) -> str:
    """The canonical JSON of a version. The plan defaults to half on signature, half a month later."""
    half = total_minor // 2
    plan = plan if plan is not None else [
        {"key": "deposit", "kind": "deposit", "label": "Deposit", "amount_minor": half, "on": "signature",
         "date": None, "due_days": 14},
        {"key": "final", "kind": "final", "label": "On delivery", "amount_minor": total_minor - half, "on": "date",
         "date": "2027-03-31", "due_days": 14},
    ]  # fmt: skip
    parts = {
        "blocks": [{"id": "b1", "md": f"# {document.title}\n\nWhat we do for you."}],
        "currency": document.currency,
        "payment_plan": [
            asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in plan
        ],
        "title": document.title,
        "total_minor": total_minor,
        "variables": {},
    }
    return json.dumps(parts | other, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def a_version(
    work: UnitOfWork, document: Document, total_minor: int = 100_000, **other: Any
) -> DocumentVersion:
    """The next version, which becomes the current one; a pending or given approval becomes stale."""
    number = other.pop("number", None) or _next_number(work, document)
    version = DocumentVersion(
        **{
            "org_id": document.org_id,
            "document_id": document.id,
            "number": number,
            "source": "human",
            "content": content(document, total_minor),
            "total_minor": total_minor,
        }
        | other
    )
    _added(work, version)
    if document.approval_status in (ApprovalStatus.PENDING, ApprovalStatus.APPROVED):
        document.approval_status = ApprovalStatus.STALE
    document.current_version_id, document.total_minor = version.id, version.total_minor
    work.db.flush()
    return version


def _next_number(work: UnitOfWork, document: Document) -> int:
    current = document.current_version_id and work.db.get(DocumentVersion, document.current_version_id)
    return current.number + 1 if current else 1


def a_signer(work: UnitOfWork, document: Document, contact: Contact | None = None, **other: Any) -> Signer:
    if contact is None:
        client = work.db.get(Client, document.client_id)
        assert client
        clara = select(Contact).where(
            col(Contact.client_id) == client.id, col(Contact.email) == cast.clara.email
        )
        contact = work.db.exec(clara).first() or a_contact(work, client)
    defaults = {
        "org_id": document.org_id,
        "document_id": document.id,
        "contact_id": contact.id,
        "name": contact.name,
        "email": contact.email,
    }
    return _added(work, Signer(**defaults | other))


def a_policy(work: UnitOfWork, **other: Any) -> ApprovalPolicy:
    """For every document: one of the owner and the admins."""
    number = next(_numbers)
    step = {"name": "Approval", "mode": "any", "count": 1, "people": [], "roles": ["owner", "admin"]}
    defaults = {"org_id": org_id(work), "name": f"Policy {number}", "position": number, "steps": [step]}
    return _added(work, ApprovalPolicy(**defaults | other))


def a_round(work: UnitOfWork, document: Document, **other: Any) -> ApprovalRound:
    """What was frozen when the document was submitted: one step, of the owner and the admins."""
    step = {"name": "Approval", "mode": "any", "count": 1, "people": [], "roles": ["owner", "admin"]}
    defaults = {
        "org_id": document.org_id,
        "document_id": document.id,
        "version_id": document.current_version_id,
        "round": document.approval_round,
        "policy_name": "Everything else",
        "steps": [step],
    }
    return _added(work, ApprovalRound(**defaults | other))


def an_approval(work: UnitOfWork, document: Document, approver: Member = cast.adam, **other: Any) -> Approval:
    """What `approver` is asked about the current version; the document is under review in a new round, if it is not yet."""
    if document.approval_status is not ApprovalStatus.PENDING:
        document.approval_status = ApprovalStatus.PENDING
        document.approval_round += 1
        work.db.flush()
        a_round(work, document)
    defaults = {
        "org_id": document.org_id,
        "document_id": document.id,
        "version_id": document.current_version_id,
        "round": document.approval_round,
        "approver_id": approver.membership_id,
    }
    return _added(work, Approval(**defaults | other))


def a_sent_document(
    work: UnitOfWork,
    total_minor: int = 100_000,
    plan: list[dict[str, Any]] | None = None,
    blocks: list[dict[str, str]] | None = None,
    **other: Any,
) -> tuple[Document, Signer]:
    """Sent to Clara, who has not opened it."""
    document = a_document(work, **other)
    text = content(document, total_minor, plan, **({"blocks": blocks} if blocks else {}))
    version = a_version(work, document, total_minor, content=text)
    signer = a_signer(work, document)
    document.expires_at = work.now + timedelta(days=30)
    document.sent_version_id, document.sent_at, document.status = version.id, work.now, Status.SENT
    signer.status, signer.invited_at = SignerStatus.INVITED, work.now
    signer.token_hmac = hashlib.sha256(f"link {signer.id}".encode()).digest()
    signer.token_expires_at = document.expires_at
    work.db.flush()
    return document, signer


def a_verified_signer(work: UnitOfWork, signer: Signer) -> None:
    """The signer has consented and proved to own the address."""
    signer.consent_at, signer.consent_version, signer.consent_sha256 = work.now, "test-1", CONSENT
    signer.otp_verified_at = work.now
    a_token(work, "signing_otp", email=signer.email, subject_id=signer.id, used_at=work.now)


def a_signature(work: UnitOfWork, document: Document, signer: Signer, **other: Any) -> Signature:
    """What the verified `signer` leaves; statuses are not touched."""
    version = work.db.get(DocumentVersion, document.sent_version_id)
    assert version
    defaults = {
        "org_id": document.org_id,
        "document_id": document.id,
        "signer_id": signer.id,
        "version_id": version.id,
        "kind": "typed",
        "typed_name": signer.name,
        "intent_text": "I sign this contract.",
        "content_sha256": version.content_sha256,
        "consent_sha256": CONSENT,
        "ip": "198.51.100.7",
        "user_agent": "pytest",
    }
    return _added(work, Signature(**defaults | other))


def a_signed_document(work: UnitOfWork, **other: Any) -> tuple[Document, Signer]:
    document, signer = a_sent_document(work, **other)
    a_verified_signer(work, signer)
    a_signature(work, document, signer)
    signer.status, signer.completed_at = SignerStatus.SIGNED, work.now
    document.status, document.signed_at = Status.SIGNED, work.now
    work.db.flush()
    return document, signer


def signer_of(work: UnitOfWork, document_id: UUID) -> Signer:
    return work.db.exec(select(Signer).where(col(Signer.document_id) == document_id)).one()


def a_logo(work: UnitOfWork, content: bytes = b"a picture") -> Artifact:
    """The one that is shown; only its rows, whatever the plan."""
    digest = hashlib.sha256(content).digest()
    facts: dict[str, Any] = {"filename": "logo.png", "mime": "image/png", "size_bytes": len(content)}
    made = _added(work, Artifact(org_id=org_id(work), kind="logo", content=content, sha256=digest, **facts))
    org = work.db.get_one(Org, org_id(work))
    org.brand = {**org.brand, "logo": str(made.id)}
    return made


def an_invoice(
    work: UnitOfWork, document: Document | None = None, client: Client | None = None, **other: Any
) -> Invoice:
    """A scheduled invoice; `opened` issues it."""
    client_id = document.client_id if document else (client or a_client(work)).id
    amount = other.pop("total_minor", 50_000)
    defaults = {
        "org_id": org_id(work),
        "client_id": client_id,
        "document_id": document.id if document else None,
        "plan_key": f"part-{next(_numbers)}" if document else None,
        "kind": "deposit",
        "label": "Deposit",
        "currency": document.currency if document else "EUR",
        "subtotal_minor": amount,
        "total_minor": amount,
    }
    return _added(work, Invoice(**defaults | other))


def opened(work: UnitOfWork, invoice: Invoice) -> Invoice:
    invoice.status, invoice.due_on = InvoiceStatus.OPEN, date(2027, 1, 31)
    work.db.flush()
    work.db.refresh(invoice)
    return invoice


def a_payment(work: UnitOfWork, invoice: Invoice, amount_minor: int | None = None, **other: Any) -> Payment:
    """Money that came in full (or in part); the invoice says so."""
    amount = amount_minor or invoice.total_minor - invoice.paid_minor
    defaults = {
        "org_id": invoice.org_id,
        "invoice_id": invoice.id,
        "provider": "manual",
        "provider_ref": f"transfer-{next(_numbers)}",
        "amount_minor": amount,
        "currency": invoice.currency,
        "status": PaymentStatus.SUCCEEDED,
        "recorded_by": cast.adam.user_id,
        "occurred_at": work.now,
    }
    payment = Payment(**defaults | other)
    if payment.status is PaymentStatus.SUCCEEDED and payment.kind == "payment":
        invoice.paid_minor += amount
        in_full = invoice.paid_minor == invoice.total_minor
        invoice.status = InvoiceStatus.PAID if in_full else InvoiceStatus.PARTIALLY_PAID
    return _added(work, payment)


def a_draft_job(work: UnitOfWork, document: Document, **other: Any) -> DraftJob:
    defaults = {
        "org_id": document.org_id,
        "document_id": document.id,
        "brief": {"scope": "A launch campaign."},
        "idempotency_key": f"key-{next(_numbers)}",
        "requested_by": document.created_by,
    }
    return _added(work, DraftJob(**defaults | other))


def an_attempt(work: UnitOfWork, job: DraftJob, **other: Any) -> DraftAttempt:
    defaults = {
        "org_id": job.org_id,
        "draft_id": job.id,
        "attempt": 1,
        "provider": "gemini",
        "model": "gemini-3.5-flash",
        "template": "contract/1",
        "outcome": "ok",
        "first_text_ms": 900,
        "characters": 4000,
        "tokens_in": 1000,
        "tokens_out": 2000,
        "cost_micros": 19_500,
        "started_at": work.now,
        "ended_at": work.now,
    }
    return _added(work, DraftAttempt(**defaults | other))


def an_endpoint(work: UnitOfWork, *, words: str = "CRM") -> Endpoint:
    """A webhook that has heard of one thing; whoever needs it to answer adds it through its service."""
    row = Endpoint(
        id=uuid7(), org_id=org_id(work), channel="webhook", name=words, shown=f"https://{words}.test/in"
    )
    row.target_enc = vault.lock(places.target(row.id), f"https://{words}.test/in")
    row.secret_enc = vault.lock(places.secret(row.id), signing.new_secret())
    _added(work, row)
    return row


def a_delivery(work: UnitOfWork, endpoint: Endpoint, seq: int, words: str = "") -> Delivery:
    """A message that the gate made, tried once."""
    made = {"seq": seq, "event": "endpoint.test", "id": endpoint.id}
    work.db.execute(text("SELECT gate_tell_endpoints(:seq, :event, :id)"), made).all()
    row = work.db.exec(select(Delivery).where(col(Delivery.endpoint_id) == endpoint.id)).one()
    row.status, row.attempts, row.body = "dead", 1, f'{{"type":"endpoint.test","said":"{words}"}}'
    _added(work, DeliveryAttempt(org_id=row.org_id, delivery_id=row.id, answered=500, took_ms=9, said=words))
    return row


def a_notification(work: UnitOfWork, **other: Any) -> Notification:
    defaults = {
        "org_id": org_id(work),
        "kind": "sign_request",
        "recipient": cast.clara.email,
        "payload": {},
        "dedupe_key": f"notice-{next(_numbers)}",
    }
    return _added(work, Notification(**defaults | other))


def a_token(work: UnitOfWork, purpose: str, **other: Any) -> OneTimeToken:
    defaults = {
        "org_id": org_id(work),
        "purpose": purpose,
        "email": cast.clara.email,
        "token_hmac": hashlib.sha256(uuid7().bytes).digest(),
        "expires_at": work.now + timedelta(days=7),
    }
    return _added(work, OneTimeToken(**defaults | other))


def a_comment(work: UnitOfWork, document_id: UUID, **other: Any) -> Comment:
    defaults = {
        "org_id": org_id(work),
        "document_id": document_id,
        "member_id": cast.mia.membership_id,
        "body": "What about the second deadline?",
    }
    return _added(work, Comment(**defaults | other))


def a_template(work: UnitOfWork, **other: Any) -> Template:
    """In use; a clause unless it says otherwise."""
    new_id = uuid7()
    standard = {
        "id": new_id,
        "family_id": new_id,
        "kind": "clause",
        "category": "work",
        "name": f"Clause {new_id}",
    }
    body = [{"id": "preferred", "md": "What you want to agree."}]
    template: Template = _added(work, Template(org_id=org_id(work), **{**standard, "body": body, **other}))
    template.status = TemplateStatus.PUBLISHED
    work.db.flush()
    return template


def a_lead(work: UnitOfWork, **other: Any) -> Lead:
    defaults = {
        "org_id": org_id(work),
        "name": "Lena Lead",
        "email": "lena@lead.test",
        "submission_key": f"lead-{next(_numbers)}",
    }
    return _added(work, Lead(**defaults | other))
