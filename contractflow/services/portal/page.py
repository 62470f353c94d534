"""Everything the client sees of one document, and the one next step."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import html, nodes
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Artifact, Document, DocumentVersion, Invoice, Org, Signer
from contractflow.money import format_money
from contractflow.services import orgs
from contractflow.services.display import When, when
from contractflow.services.documents.page import PlanLine, plan_lines
from contractflow.services.documents.people import owner_of
from contractflow.services.documents.sending import SignerSubject
from contractflow.services.documents.subject import subject
from contractflow.services.invoices.reading import day
from contractflow.services.moving import locked, move, touched
from contractflow.services.portal.codes import consent_for, has_open_code
from contractflow.services.portal.requests import actor_of
from contractflow.workflows.billing import UNPAID, InvoiceStatus
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SIGNER, SignerStatus

READABLE = (Status.SENT, Status.SIGNED, Status.PAID)


@dataclass(frozen=True)
class PortalBlock:
    id: str
    html: str


@dataclass(frozen=True)
class PortalInvoice:
    id: str
    number: str
    label: str
    amount: str
    due: str
    status: str


@dataclass(frozen=True)
class PortalPage:
    """`step` is what the client does next: read, consent, code, sign, pay, wait, done or closed."""

    id: str = ""
    number: str = ""
    title: str = ""
    org: str = ""
    logo: str = ""
    sender: str = ""
    sender_email: str = ""
    status: str = ""
    step: str = ""
    step_number: int = 0
    signer_name: str = ""
    signer_email: str = ""
    consent_text: str = ""
    total: str = ""
    closed_reason: str = ""
    expires: When = field(default_factory=When)
    signed: When = field(default_factory=When)
    sha256: str = ""
    verify_code: str = ""
    is_sealed: bool = False
    has_code: bool = False
    blocks: list[PortalBlock] = field(default_factory=list)
    plan: list[PlanLine] = field(default_factory=list)
    invoices: list[PortalInvoice] = field(default_factory=list)


STEPS = {"consent": 1, "code": 2, "sign": 3}


def one(work: UnitOfWork) -> PortalPage:
    """The document as its signer may see it; the first look is recorded."""
    actor = actor_of(work)
    document = locked(work, Document, actor.document_id, "document")
    signer = locked(work, Signer, actor.signer_id, "document")
    _mark_viewed(work, document, signer)
    version = work.db.get(DocumentVersion, document.sent_version_id) if document.sent_version_id else None
    readable = document.status in READABLE and version is not None
    content = Content.from_text(version.content) if readable and version else None
    org, sender = work.db.get_one(Org, document.org_id), owner_of(work, document)
    invoices = _invoices(work, document)
    step = _step(document, signer, invoices)
    timezone = signer.timezone or org.timezone
    return PortalPage(
        id=str(document.id),
        number=document.number,
        title=document.title,
        org=org.name,
        logo=orgs.logo_address(org),
        sender=sender.name,
        sender_email=sender.email,
        status=document.status,
        step=step,
        step_number=STEPS.get(step, 0),
        signer_name=signer.name,
        signer_email=signer.email,
        consent_text=consent_for(work, document).text,
        total=format_money(document.total_minor, document.currency),
        closed_reason=document.closed_reason or "",
        expires=when(document.expires_at, work.now, timezone),
        signed=when(signer.completed_at, work.now, timezone),
        sha256=version.content_sha256.hex() if version else "",
        verify_code=document.verify_code or "",
        is_sealed=_is_sealed(work, document),
        has_code=step == "code" and has_open_code(work, signer),
        blocks=[PortalBlock(b.id, html.to_html(nodes.parse(b.md))) for b in content.read_blocks]
        if content
        else [],
        plan=plan_lines(content),
        invoices=invoices,
    )


def follow(work: UnitOfWork, document_id: UUID) -> None:
    """Whether the client may hear of changes of this document. Raises NotFound."""
    if actor_of(work).document_id != document_id:
        raise NotFound("document")


def _mark_viewed(work: UnitOfWork, document: Document, signer: Signer) -> None:
    signer.last_viewed_at = work.now
    if signer.status is SignerStatus.INVITED and document.status is Status.SENT:
        signer.first_viewed_at = work.now
        move(work, signer, SIGNER, "view", subject=SignerSubject(signer, subject(work, document)))
        touched(work, document)


def _step(document: Document, signer: Signer, invoices: list[PortalInvoice]) -> str:
    if document.status is Status.SENT and signer.status in (SignerStatus.INVITED, SignerStatus.VIEWED):
        if signer.consent_at is None:
            return "consent"
        return "sign" if signer.otp_verified_at else "code"
    if any(i.status in UNPAID for i in invoices):
        return "pay"
    if document.status is Status.SENT and signer.status is SignerStatus.SIGNED:
        return "wait"
    return "done" if document.status in (Status.SIGNED, Status.PAID) else "closed"


def _invoices(work: UnitOfWork, document: Document) -> list[PortalInvoice]:
    query = (
        select(Invoice)
        .where(
            col(Invoice.document_id) == document.id,
            col(Invoice.status).not_in([InvoiceStatus.SCHEDULED, InvoiceStatus.VOID]),
        )
        .order_by(col(Invoice.due_on), col(Invoice.id))
        .limit(100)
    )
    return [
        PortalInvoice(
            id=str(i.id),
            number=i.number or "",
            label=i.label,
            amount=format_money(
                i.total_minor - i.paid_minor if i.status != "paid" else i.total_minor, i.currency
            ),
            due=day(i.due_on),
            status=i.status,
        )
        for i in work.db.exec(query)
    ]


def _is_sealed(work: UnitOfWork, document: Document) -> bool:
    query = select(Artifact.id).where(
        col(Artifact.document_id) == document.id, col(Artifact.kind) == "sealed_pdf"
    )
    return work.db.exec(query.limit(1)).first() is not None
