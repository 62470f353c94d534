"""The list of documents: fifty at a time, by key, newest change first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy
from sqlmodel import col, select, tuple_
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Document
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.services import names, paging
from contractflow.services.display import When, shown
from contractflow.services.paging import PAGE
from contractflow.services.search.finding import hits
from contractflow.workflows.document import Generation, Status

MOST_NAMED = 100


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
    is_change: bool
    """It changes another document, that is signed."""


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
    chosen = select(Document.id).where(col(Document.deleted_at).is_(None))
    chosen = _narrow(work, chosen, status, text)
    if client_ids:
        chosen = chosen.where(col(Document.client_id).in_(client_ids))
    if project_id:
        chosen = chosen.where(col(Document.project_id) == project_id)
    if after:
        at, last = paging.by_time(after)
        chosen = chosen.where(tuple_(col(Document.updated_at), col(Document.id)) < tuple_(at, last))
    found = with_names(work, chosen, PAGE + 1)
    rows = [row(work, document, client, owner) for document, client, owner in found[:PAGE]]
    following = found[PAGE - 1][0] if len(found) > PAGE else None
    return DocumentList(rows, paging.key_of(following.updated_at, following.id) if following else "")


def with_names(work: UnitOfWork, chosen: SelectOfScalar[UUID], limit: int) -> list[tuple[Document, str, str]]:
    """The last changed of the `chosen` documents with the names of their clients and owners."""
    newest = col(Document.updated_at).desc(), col(Document.id).desc()
    ids = list(work.db.exec(chosen.order_by(*newest).limit(limit)))
    if not ids:
        return []
    found = {one.id: one for one in work.db.exec(select(Document).where(col(Document.id).in_(ids)))}
    rows = [found[key] for key in ids if key in found]
    client = names.of_clients(work, (one.client_id for one in rows))
    owner = names.of_members(work, (one.owner_id for one in rows))
    return [(one, client[one.client_id], owner[one.owner_id]) for one in rows]


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
        is_change=document.relation == "change_order",
    )


def _narrow(work: UnitOfWork, query: SelectOfScalar[UUID], status: str, text: str) -> SelectOfScalar[UUID]:
    if status in set(Status):
        query = query.where(col(Document.status) == status)
    if words := text.strip():
        found = hits("document", words, MOST_NAMED, named=True)
        ids = work.db.execute(sqlalchemy.select(found.c.id)).scalars().all()
        query = query.where(col(Document.id).in_(ids))
    return query
