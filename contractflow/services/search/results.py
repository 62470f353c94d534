"""What was found, read under row-level security like anything else, as rows with the words marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy
from sqlmodel import col, select

from contractflow.content import nodes
from contractflow.content.excerpts import Piece, excerpt, marked
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Client, Document, DocumentVersion, Invoice, Project
from contractflow.services import names

Words = Sequence[str]
"""What is looked for, folded."""


@dataclass(frozen=True)
class ResultRow:
    """`words` is the name with what was found marked, `excerpt` the line of the text, `pill` the state."""

    key: str
    kind: str
    href: str
    words: list[Piece]
    note: str
    pill: str
    excerpt: list[Piece]


def read(work: UnitOfWork, kind: str, ids: Sequence[UUID], words: Words, status: str = "") -> list[ResultRow]:
    """The rows of `ids` that are (still) there, in their order; documents only of `status`, if one is named."""
    return _READ[kind](work, ids, words, status) if ids else []


def _documents(work: UnitOfWork, ids: Sequence[UUID], words: Words, status: str) -> list[ResultRow]:
    shown: list[Any] = [
        Document.id, Document.title, Document.number, Document.status, Document.client_id, Document.current_version_id
    ]  # fmt: skip
    query = sqlalchemy.select(*shown).where(col(Document.id).in_(ids), col(Document.deleted_at).is_(None))
    if status:
        query = query.where(col(Document.status) == status)
    found = _in_order(work, query, ids)
    client = names.of_clients(work, (one.client_id for one in found))
    texts = select(DocumentVersion.id, DocumentVersion.content)
    said = dict(
        work.db.exec(
            texts.where(col(DocumentVersion.id).in_([one.current_version_id for one in found]))
        ).all()
    )
    return [
        _row(
            "document",
            one.id,
            one.title,
            f"{one.number} · {client[one.client_id]}",
            words,
            pill=one.status,
            content=said.get(one.current_version_id, ""),
        )
        for one in found
    ]


def _invoices(work: UnitOfWork, ids: Sequence[UUID], words: Words, _: str) -> list[ResultRow]:
    query = select(Invoice.id, Invoice.number, Invoice.label, Invoice.client_id)
    found = _in_order(work, query.where(col(Invoice.id).in_(ids)), ids)
    client = names.of_clients(work, (of for *_, of in found))
    return [
        _row("invoice", key, f"{number} · {label}" if number else label, client[of], words)
        for key, number, label, of in found
    ]


def _projects(work: UnitOfWork, ids: Sequence[UUID], words: Words, _: str) -> list[ResultRow]:
    query = select(Project.id, Project.name, Project.client_id).where(col(Project.id).in_(ids))
    found = _in_order(work, query, ids)
    client = names.of_clients(work, (of for *_, of in found))
    return [_row("project", key, name, client[of], words) for key, name, of in found]


def _clients(work: UnitOfWork, ids: Sequence[UUID], words: Words, _: str) -> list[ResultRow]:
    query = select(Client.id, Client.name, Client.archived_at).where(col(Client.id).in_(ids))
    return [
        _row("client", key, name, "Archived" if archived else "", words)
        for key, name, archived in _in_order(work, query, ids)
    ]


_READ: Final[dict[str, Callable[..., list[ResultRow]]]] = {
    "document": _documents,
    "invoice": _invoices,
    "client": _clients,
    "project": _projects,
}


def _in_order(work: UnitOfWork, query: Any, ids: Sequence[UUID]) -> list[Any]:
    found = {one[0]: one for one in work.db.execute(query)}
    return [found[key] for key in ids if key in found]


def _row(
    kind: str, key: UUID, name: str, note: str, words: Words, *, pill: str = "", content: str = ""
) -> ResultRow:
    return ResultRow(
        key=f"{kind}-{key}",
        kind=kind,
        href=f"/{kind}s/{key}",
        words=marked(name, words),
        note=note,
        pill=pill,
        excerpt=excerpt(_lines(content), words),
    )


def _lines(content: str) -> list[str]:
    """The clauses as plain text, their variables filled."""
    if not content:
        return []
    blocks = Content.from_text(content).read_blocks
    return [" ".join(nodes.plain([node]) for node in nodes.parse(block.md)) for block in blocks]
