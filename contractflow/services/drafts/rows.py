"""What ordering, writing and reading drafts have in common: finding the rows, in one order of locks."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.broker.queue import enqueue
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotFound
from contractflow.models import Document, DraftJob
from contractflow.services.moving import locked, move
from contractflow.workflows.document import GENERATION
from contractflow.workflows.draft_job import ACTIVE, DRAFT_JOB

LONGEST_KEY = 120
CLAUSE = "clause"
"""The kind of job that rewrites one clause and leaves the document alone; the others write all of it."""


def latest(work: UnitOfWork, document_id: UUID) -> DraftJob | None:
    """The newest draft of a whole document, if there was any."""
    query = (
        select(DraftJob)
        .where(col(DraftJob.document_id) == document_id, col(DraftJob.kind) != CLAUSE)
        .order_by(col(DraftJob.queued_at).desc(), col(DraftJob.id).desc())
    )
    return work.db.exec(query.limit(1)).first()


def active(work: UnitOfWork, document_id: UUID) -> DraftJob | None:
    """The draft of the whole document that is under way, locked; the caller holds the document."""
    query = select(DraftJob).where(
        col(DraftJob.document_id) == document_id,
        col(DraftJob.kind) != CLAUSE,
        col(DraftJob.status).in_(ACTIVE),
    )
    return work.db.exec(query.with_for_update().execution_options(populate_existing=True)).first()


def with_document(work: UnitOfWork, draft_id: UUID) -> tuple[DraftJob, Document]:
    """Both rows, locked: the document first, as everywhere, so that nobody waits for each other. Raises NotFound."""
    document_id = work.db.scalar(select(DraftJob.document_id).where(col(DraftJob.id) == draft_id))
    if document_id is None:
        raise NotFound("draft")
    document = locked(work, Document, document_id, "document")
    return locked(work, DraftJob, draft_id, "draft"), document


def ordered_before(work: UnitOfWork, document: Document, key: str) -> DraftJob | None:
    """What was ordered with this key already. Raises Invalid for a useless key, NotFound for one of another document."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise Invalid("This order has no usable key. Reload the page and try again.")
    job = work.db.exec(select(DraftJob).where(col(DraftJob.idempotency_key) == key)).first()
    if job is not None and job.document_id != document.id:
        raise NotFound("draft")
    return job


def follow(work: UnitOfWork, job: DraftJob, document: Document, verb: str) -> None:
    """Let the document's own state follow its draft. The rewrite of a clause changes nothing but its own row."""
    if job.kind != CLAUSE:
        move(work, document, GENERATION, verb, draft_id=str(job.id))


def unless_held(work: UnitOfWork, draft_id: UUID) -> tuple[DraftJob, Document]:
    """`with_document` for the scheduler, which waits for nobody. Raises NotFound also while somebody holds the document."""
    job = select(DraftJob.document_id).where(col(DraftJob.id) == draft_id)
    free = (
        select(Document.id).where(col(Document.id).in_(job)).with_for_update(skip_locked=True, key_share=True)
    )
    if work.db.scalar(free) is None:
        raise NotFound("draft")
    return with_document(work, draft_id)


def cancel(work: UnitOfWork, job: DraftJob) -> None:
    """End a job that is under way; its worker loses the lease with it, and what it says later counts no more."""
    job.cancel_requested = True
    job.lease_token = job.lease_expires_at = job.lease_owner = None
    job.finished_at = work.now
    move(work, job, DRAFT_JOB, "cancel")


def wake_worker(job: DraftJob, round_: int = 0) -> None:
    """Wake a worker for `job`. `round_` makes another wake-up of the same attempt possible when one got lost."""
    suffix = f"-{round_}" if round_ else ""
    job_id = f"draft-{job.id}-{job.attempt}{suffix}"
    enqueue("drafts.generate", job_id=job_id, org_id=job.org_id, draft_id=job.id)
