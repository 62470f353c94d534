"""What lies on the desk when a document is open: its page, its draft, its trail, its invoices, what was said, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import AppUser, Client, Document, DocumentVersion, Membership, Org
from contractflow.permissions import Permission as P
from contractflow.services import comments, documents, drafts, invoices, timeline
from contractflow.services.comments import Threads
from contractflow.services.documents import DocumentPage
from contractflow.services.drafts import DraftRow, Rewrites
from contractflow.services.invoices import InvoiceRow
from contractflow.services.timeline import Day


@dataclass(frozen=True)
class Desk:
    page: DocumentPage = field(default_factory=DocumentPage)
    draft: DraftRow = field(default_factory=DraftRow)
    days: list[Day] = field(default_factory=list)
    rewrites: Rewrites = field(default_factory=Rewrites)
    invoices: list[InvoiceRow] = field(default_factory=list)
    threads: Threads = field(default_factory=Threads)


def of_document(work: UnitOfWork, document_id: UUID) -> Desk:
    """All of it as one moment has it. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    kept = _kept(work, document_id)
    if kept is None:
        raise NotFound("document")
    return Desk(
        documents.one(work, document_id),
        drafts.of_document(work, document_id),
        timeline.of_document(work, document_id),
        drafts.rewrites(work, document_id),
        invoices.of_document(work, document_id),
        comments.of_document(work, document_id),
    )


def _kept(work: UnitOfWork, document_id: UUID) -> tuple[Any, ...] | None:
    """The rows that everything on the desk asks for, in one query: a session remembers them as long as somebody holds them."""
    query = (
        select(Document, DocumentVersion, Client, Org, Membership, AppUser)
        .join(Client, col(Client.id) == Document.client_id)
        .join(Org, col(Org.id) == Document.org_id)
        .join(Membership, col(Membership.id) == Document.owner_id)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .outerjoin(DocumentVersion, col(DocumentVersion.id) == Document.current_version_id)
        .where(col(Document.id) == document_id)
    )
    return work.db.execute(query).first()
