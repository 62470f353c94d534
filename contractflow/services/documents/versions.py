"""Versions: every save-point of a document's content is one immutable row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content import version as contents
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.signing import glyphs
from contractflow.models import Document, DocumentVersion
from contractflow.permissions import Member
from contractflow.services.documents.staleness import outdate_approval
from contractflow.services.moving import touched


def add_version(
    work: UnitOfWork,
    document: Document,
    content: Content,
    *,
    source: str,
    provenance: dict[str, Any] | None = None,
    note: str | None = None,
) -> DocumentVersion:
    """Save `content` as the document's newest version; an approval of the one before becomes stale.

    The caller holds the lock on `document`. The database hashes the text and refuses frozen documents.
    Raises Invalid for content that could not be shown, printed or invoiced.
    """
    contents.check(content)
    glyphs.check([("title", content.title), *((block.id, block.md) for block in content.blocks)])
    last = work.db.scalar(
        select(func.max(DocumentVersion.number)).where(col(DocumentVersion.document_id) == document.id)
    )
    version = DocumentVersion(
        org_id=document.org_id,
        document_id=document.id,
        number=(last or 0) + 1,
        parent_version_id=document.current_version_id,
        source=source,
        content=content.to_text(),
        total_minor=content.total_minor,
        provenance=provenance or {},
        author_id=_author(work),
        note=note,
    )
    work.db.add(version)
    work.db.flush()
    work.db.refresh(version, ["content_sha256"])
    outdate_approval(work, document)
    document.current_version_id = version.id
    document.title = content.title
    document.total_minor = content.total_minor
    document.currency = content.currency
    work.db.flush()
    touched(work, document)
    return version


def _author(work: UnitOfWork) -> UUID | None:
    return work.actor.membership_id if isinstance(work.actor, Member) else None
