"""What a screen shows of the rewrites nobody has decided on yet, and what a tab needs to follow them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import redline, variables
from contractflow.content.blocks import Block, heading
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.ai.failover import LABELS
from contractflow.models import AppUser, Document, DocumentVersion, DraftJob
from contractflow.permissions import Permission as P
from contractflow.services.display import When, shown
from contractflow.services.documents.editing import EDITABLE
from contractflow.services.drafts import rows
from contractflow.services.drafts.reading import cause_of, pill_of, waiting_of
from contractflow.services.drafts.rewriting import CHANGED, is_current, parts, proposed
from contractflow.services.drafts.saving import PLACEHOLDER
from contractflow.workflows.draft_job import ACTIVE, Decision, DraftStatus

MOST = 50
WISHES = {"stricter": "Stricter", "shorter": "Shorter", "plainer": "Plainer"}
"""What is offered; anything else is a person's own words."""


@dataclass(frozen=True)
class RewriteRow:
    """One proposal: `html` marks what would change with <ins> and <del>, `md` is the new text to copy.

    `block_id` is empty when the clause is gone. `warning` is what to look at before accepting.
    """

    id: str
    block_id: str
    heading: str
    wish: str
    asked: str
    origin: str
    at: When
    status: str
    cause: str
    md: str
    html: str
    summary: str
    warning: str
    is_active: bool
    can_accept: bool
    can_discard: bool
    can_retry: bool


@dataclass(frozen=True)
class LiveRewrite:
    """`old` is the text below the heading that is being rewritten; `waiting` what it waits for."""

    status: str
    is_active: bool
    old: str
    heading: str
    waiting: str
    seconds: int


@dataclass(frozen=True)
class Rewrites:
    """By block, and the ones whose block is gone; `active` are the ids of those being written."""

    rows: list[RewriteRow] = field(default_factory=list)
    active: list[str] = field(default_factory=list)


def rewrites(work: UnitOfWork, document_id: UUID) -> Rewrites:
    """Every rewrite of the document that waits for a decision. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    document = work.db.get(Document, document_id)
    if document is None:
        raise NotFound("document")
    query = (
        select(DraftJob, AppUser.name)
        .join(AppUser, col(AppUser.id) == DraftJob.requested_by, isouter=True)
        .where(
            col(DraftJob.document_id) == document_id,
            col(DraftJob.kind) == rows.CLAUSE,
            col(DraftJob.decision) == Decision.OPEN,
        )
        .order_by(col(DraftJob.queued_at))
        .limit(MOST)
    )
    found = work.db.exec(query).all()
    if not found:
        return Rewrites()
    now = _blocks(work, document)
    made = [_row(work, document, job, name or "", now.get(job.block_id or "")) for job, name in found]
    return Rewrites(made, [row.id for row in made if row.is_active])


def live_rewrites(work: UnitOfWork, document_id: UUID, draft_ids: Iterable[UUID]) -> dict[UUID, LiveRewrite]:
    """What whoever follows these rewrites has to know; the ones of another document are not in it."""
    work.require(P.DOCUMENT_READ)
    query = select(DraftJob).where(
        col(DraftJob.document_id) == document_id,
        col(DraftJob.kind) == rows.CLAUSE,
        col(DraftJob.id).in_(list(draft_ids)[:MOST]),
    )
    return {job.id: _live(work, job) for job in work.db.exec(query)}


def _live(work: UnitOfWork, job: DraftJob) -> LiveRewrite:
    title, old = parts(job.brief["rewrite"]["md"])
    return LiveRewrite(
        status=job.status,
        is_active=job.status in ACTIVE,
        old=old,
        heading=title,
        waiting=waiting_of(work, job),
        seconds=int((work.now - job.queued_at).total_seconds()),
    )


def _blocks(work: UnitOfWork, document: Document) -> dict[str, Block]:
    version = document.current_version_id and work.db.get(DocumentVersion, document.current_version_id)
    return {block.id: block for block in Content.from_text(version.content).blocks} if version else {}


def _row(work: UnitOfWork, document: Document, job: DraftJob, by: str, block: Block | None) -> RewriteRow:
    asked = job.brief["rewrite"]
    before = Block("", asked["md"])
    is_written = job.status is DraftStatus.SUCCEEDED
    after = Block("", proposed(job, block or before)) if is_written else before
    is_fresh = block is not None and is_current(job, block)
    change = redline.compare(*([Block("", parts(b.md)[1])] for b in (before, after)))[0]
    may_draft, may_edit = work.actor.may(P.DOCUMENT_GENERATE), work.actor.may(P.DOCUMENT_EDIT)
    is_open = document.status in EDITABLE
    return RewriteRow(
        id=str(job.id),
        block_id=block.id if block else "",
        heading=heading(before),
        wish=asked["wish"],
        asked=WISHES.get(asked["wish"], f"“{asked['wish']}”"),
        origin=_origin(job, by, is_written),
        at=shown(work, job.queued_at),
        status=pill_of(job),
        cause=cause_of(work, job),
        md=after.md,
        html=change.html,
        summary=_summary(change.words_added, change.words_removed),
        warning=_warning(job, before, after, is_fresh) if is_written else "",
        is_active=job.status in ACTIVE,
        can_accept=is_written and is_fresh and may_edit and is_open,
        can_discard=may_draft,
        can_retry=job.status is DraftStatus.FAILED and may_draft and is_fresh and is_open,
    )


def _origin(job: DraftJob, by: str, is_written: bool) -> str:
    """Who wrote it, and for whom: "Gemini (x-2) for Mia"."""
    writer = LABELS.get(job.provider or "", "") if is_written else ""
    model = f" ({job.model})" if writer and job.provider != PLACEHOLDER and job.model else ""
    words = f"{writer}{model} for {by}" if by else f"{writer}{model}"
    return words.strip()[:1].upper() + words.strip()[1:]


def _summary(added: int, removed: int) -> str:
    if not added and not removed:
        return "Nothing would change."
    return f"{_count(added)} added, {removed:,} removed"


def _count(words: int) -> str:
    return f"{words:,} word" if words == 1 else f"{words:,} words"


def _warning(job: DraftJob, before: Block, after: Block, is_fresh: bool) -> str:
    """What a person should know before accepting; the most important one."""
    if not is_fresh:
        return CHANGED
    lost = [name for name in variables.find(before.md) if name not in variables.find(after.md)]
    if lost:
        return f"It leaves out {', '.join(f'{{{{{name}}}}}' for name in lost[:5])}."
    if job.provider == PLACEHOLDER:
        return "No AI answered: the clause library made this by fixed rules. It has to be confirmed before it is sent."
    return ""
