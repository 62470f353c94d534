"""The list of documents: fifty at a time, by key, newest change first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy
from sqlmodel import col, select, tuple_
from sqlmodel.sql.expression import Select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import AppUser, Client, Document, Membership
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.services import paging
from contractflow.services.display import When, shown
from contractflow.services.paging import PAGE
from contractflow.services.search.finding import hits
from contractflow.workflows.document import Generation, Status


@dataclass(frozen=True)
class DocumentRow:
    """What a list of documents shows; nothing else about a document leaves the server."""

    id: str
    number: str
    title: str
    client: str
    owner: str
    status: str
    approval_status: str
    is_drafting: bool
    total: str
    changed: When


@dataclass(frozen=True)
class DocumentList:
    """One page; `after` is the key of the next one, empty on the last."""

    rows: list[DocumentRow]
    after: str


def list_page(
    work: UnitOfWork,
    *,
    status: str = "",
    text: str = "",
    after: str = "",
    client_ids: Sequence[UUID] = (),
    project_id: UUID | None = None,
) -> DocumentList:
    """Documents of the organisation, optionally of one status, of clients or a project, or the newest MOST_NAMED whose
    title, number or client begins with the words of `text`."""
    work.require(P.DOCUMENT_READ)
    query = (
        select(Document, Client.name, AppUser.name)
        .join(Client, col(Client.id) == Document.client_id)
        .join(Membership, col(Membership.id) == Document.owner_id)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(Document.deleted_at).is_(None))
        .order_by(col(Document.updated_at).desc(), col(Document.id).desc())
        .limit(PAGE + 1)
    )
    query = _narrow(query, status, text)
    if client_ids:
        query = query.where(col(Document.client_id).in_(client_ids))
    if project_id:
        query = query.where(col(Document.project_id) == project_id)
    if after:
        at, last = paging.by_time(after)
        query = query.where(tuple_(col(Document.updated_at), col(Document.id)) < tuple_(at, last))
    found = work.db.exec(query).all()
    rows = [row(work, document, client, owner) for document, client, owner in found[:PAGE]]
    following = found[PAGE - 1][0] if len(found) > PAGE else None
    return DocumentList(rows, paging.key_of(following.updated_at, following.id) if following else "")


def follow(work: UnitOfWork, document_id: UUID) -> None:
    """Whether the actor may read the document (still): open screens ask every few seconds. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    query = select(Document.id).where(col(Document.id) == document_id, col(Document.deleted_at).is_(None))
    if work.db.scalar(query) is None:
        raise NotFound("document")


def row(work: UnitOfWork, document: Document, client: str, owner: str) -> DocumentRow:
    return DocumentRow(
        id=str(document.id),
        number=document.number,
        title=document.title,
        client=client,
        owner=owner,
        status=document.status,
        approval_status=document.approval_status,
        is_drafting=document.generation_status in (Generation.QUEUED, Generation.STREAMING),
        total=format_money(document.total_minor, document.currency),
        changed=shown(work, document.updated_at),
    )


MOST_NAMED = 100
Found = Select[Document, str, str]


def _narrow(query: Found, status: str, text: str) -> Found:
    if status in set(Status):
        query = query.where(col(Document.status) == status)
    if words := text.strip():
        found = hits("document", words, MOST_NAMED, named=True)
        query = query.where(col(Document.id).in_(sqlalchemy.select(found.c.id)))
    return query
