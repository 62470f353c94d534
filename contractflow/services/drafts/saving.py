"""A finished text becomes a version: parsed into allowed clauses, with a note of where each one came from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contractflow.content import blocks
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.ai.answer import Unusable, parse, parse_clause
from contractflow.integrations.signing import glyphs
from contractflow.models import Document, DocumentVersion, DraftJob
from contractflow.services.documents.versions import add_version
from contractflow.services.drafts.rows import CLAUSE

PLACEHOLDER = "placeholder"


def save(work: UnitOfWork, document: Document, job: DraftJob, *, is_cut: bool) -> None:
    """Keep what was written: a version of the whole document, or a proposal that a person decides on.

    `is_cut`: it ended at the length limit. Raises Unusable or Invalid.
    """
    if job.kind != CLAUSE:
        note = "Cut at the length limit" if is_cut else None
        job.result_version_id = save_text(work, document, job, job.output, model=job.model, note=note).id
    elif is_cut or not proposal(job, job.brief["rewrite"]["heading"]):
        raise Unusable


def proposal(job: DraftJob, heading: str) -> str:
    """The rewritten clause as Markdown, under this `heading` ("## 2. Scope"). Raises Unusable."""
    return glyphs.printable(parse_clause(job.output, heading))


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
    origin = origin_of(work, job, model)
    return add_version(
        work,
        document,
        content,
        source="ai",
        provenance={block.id: origin for block in written},
        note=note,
    )


def origin_of(work: UnitOfWork, job: DraftJob, model: str) -> dict[str, Any]:
    """What every block says about where it comes from."""
    return {
        "provider": job.provider,
        "model": model,
        "job_id": str(job.id),
        "at": work.now.isoformat(),
        "edited_by": None,
        "reviewed": False,
        "placeholder": job.provider == PLACEHOLDER,
    }


def _content(work: UnitOfWork, document: Document) -> Content:
    if document.current_version_id:
        version = work.db.get(DocumentVersion, document.current_version_id)
        if version:
            return Content.from_text(version.content)
    return Content(document.title, currency=document.currency, total_minor=document.total_minor)
