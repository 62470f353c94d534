"""What the state tables ask about a document, gathered in one look at the database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content.unwritten import unwritten
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Document, DocumentVersion, Invoice, Signer
from contractflow.permissions import Actor
from contractflow.services.approval_policies.choosing import plan_for
from contractflow.services.documents import approvers
from contractflow.services.moving import owns
from contractflow.workflows.billing import InvoiceStatus
from contractflow.workflows.document import Approval, Generation, Status
from contractflow.workflows.signer import SignerStatus

UNANSWERED = (Approval.STALE, Approval.CHANGES_REQUESTED)
DRAFTING = (Generation.QUEUED, Generation.STREAMING)
GONE = (SignerStatus.REMOVED, SignerStatus.DELEGATED)


@dataclass
class DocumentSubject:
    """The facts behind the guards of workflows/document.py; `comment` and `reason` come with the verb."""

    status: Status
    approval_status: Approval
    generation_status: Generation
    owner_id: UUID
    content: Content | None
    has_placeholder: bool
    is_approved: bool
    needs_approval: bool
    signer_statuses: list[SignerStatus] = field(default_factory=list)
    invoice_statuses: list[InvoiceStatus] = field(default_factory=list)
    comment: str = ""
    reason: str = ""

    def is_own(self, actor: Actor) -> bool:
        return owns(actor, self.owner_id)

    @property
    def needs_nothing(self) -> bool:
        """No approval is needed, and none is being waited for."""
        return not self.needs_approval and self.approval_status in (Approval.NONE, *UNANSWERED)

    @property
    def has_content(self) -> bool:
        return self.content is not None and any(block.md.strip() for block in self.content.blocks)

    @property
    def unwritten(self) -> str:
        """What to do about a clause that says only what it began with; empty when there is none."""
        return "" if self.content is None else unwritten(self.content.blocks)

    @property
    def missing_variables(self) -> tuple[str, ...]:
        return () if self.content is None else self.content.missing_variables

    @property
    def is_drafting(self) -> bool:
        return self.generation_status in DRAFTING

    @property
    def has_signer(self) -> bool:
        return bool(self.signer_statuses)

    @property
    def has_signature(self) -> bool:
        return SignerStatus.SIGNED in self.signer_statuses

    @property
    def is_signed_by_all(self) -> bool:
        return self.has_signer and all(status is SignerStatus.SIGNED for status in self.signer_statuses)

    @property
    def is_fully_paid(self) -> bool:
        settled = (InvoiceStatus.PAID, InvoiceStatus.VOID)
        return InvoiceStatus.PAID in self.invoice_statuses and all(
            s in settled for s in self.invoice_statuses
        )

    @property
    def has_comment(self) -> bool:
        return bool(self.comment.strip())

    @property
    def has_reason(self) -> bool:
        return bool(self.reason.strip())


def subject(work: UnitOfWork, document: Document, *, comment: str = "", reason: str = "") -> DocumentSubject:
    """The facts of `document` as they stand in this transaction."""
    version = current_version(work, document)
    return DocumentSubject(
        status=document.status,
        approval_status=document.approval_status,
        generation_status=document.generation_status,
        owner_id=document.owner_id,
        content=Content.from_text(version.content) if version else None,
        has_placeholder=version is not None and unreviewed_placeholder(version),
        is_approved=document.approval_status is Approval.APPROVED
        and document.approved_version_id == document.current_version_id,
        needs_approval=needs_approval(work, document, version),
        signer_statuses=_signer_statuses(work, document),
        invoice_statuses=_invoice_statuses(work, document),
        comment=comment,
        reason=reason,
    )


def current_version(work: UnitOfWork, document: Document) -> DocumentVersion | None:
    if document.current_version_id is None:
        return None
    return work.db.get(DocumentVersion, document.current_version_id)


def unreviewed_placeholder(version: DocumentVersion) -> bool:
    return any(p.get("placeholder") and not p.get("reviewed") for p in version.provenance.values())


def needs_approval(work: UnitOfWork, document: Document, version: DocumentVersion | None) -> bool:
    """A policy asks for it; or the organisation does, and there is somebody other than the author who could give it."""
    if document.approval_status in (Approval.PENDING, Approval.APPROVED):
        return True
    if document.status not in (Status.DRAFT, Status.REVIEW):
        return False
    plan = plan_for(work, document, version)
    if plan.policy_id is not None or not plan.steps:
        return bool(plan.steps)
    return approvers.is_anybody_eligible(work, document)


def as_sent(facts: DocumentSubject) -> DocumentSubject:
    """`facts` as `send` sees them: an approval that nobody asks for any more holds nothing up."""
    return replace(facts, approval_status=Approval.NONE) if facts.needs_nothing else facts


def _signer_statuses(work: UnitOfWork, document: Document) -> list[SignerStatus]:
    query = select(Signer.status).where(
        col(Signer.document_id) == document.id, col(Signer.role) == "signer", col(Signer.status).not_in(GONE)
    )
    return [SignerStatus(status) for status in work.db.exec(query)]


def _invoice_statuses(work: UnitOfWork, document: Document) -> list[InvoiceStatus]:
    query = (
        select(Invoice.status, func.count())
        .where(col(Invoice.document_id) == document.id)
        .group_by(Invoice.status)
    )
    return [InvoiceStatus(status) for status, _ in work.db.exec(query)]
