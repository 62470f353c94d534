"""A finished text becomes a version: parsed into allowed clauses, with a note of where each one came from."""

from __future__ import annotations

from dataclasses import replace

from contractflow.content import blocks
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.ai.answer import parse
from contractflow.integrations.signing import glyphs
from contractflow.models import Document, DocumentVersion, DraftJob
from contractflow.services.documents.versions import add_version

PLACEHOLDER = "placeholder"


def save_text(
    work: UnitOfWork,
    document: Document,
    job: DraftJob,
    text: str,
    *,
    model: str = "",
    note: str | None = None,
) -> DocumentVersion:
    """Make `text` the content of `document` (locked); title, money and plan stay. Raises Unusable or Invalid."""
    written = blocks.split(glyphs.printable(parse(text)), seed=str(job.id))
    content = replace(_content(work, document), blocks=written)
    origin = {
        "provider": job.provider,
        "model": model,
        "job_id": str(job.id),
        "at": work.now.isoformat(),
        "edited_by": None,
        "reviewed": False,
        "placeholder": job.provider == PLACEHOLDER,
    }
    return add_version(
        work,
        document,
        content,
        source="ai",
        provenance={block.id: origin for block in written},
        note=note,
    )


def _content(work: UnitOfWork, document: Document) -> Content:
    if document.current_version_id:
        version = work.db.get(DocumentVersion, document.current_version_id)
        if version:
            return Content.from_text(version.content)
    return Content(document.title, currency=document.currency, total_minor=document.total_minor)
