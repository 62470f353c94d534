"""What a screen shows of a draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy.orm import defer
from sqlmodel import col, select

from contractflow.broker import queue
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.ai.failover import LABELS
from contractflow.models import AppUser, Document, DraftJob
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services.drafts import fairness, recording, rows
from contractflow.services.drafts.fairness import Turn
from contractflow.workflows.document import Generation, Status
from contractflow.workflows.draft_job import ACTIVE, DraftStatus

DRAFTING = (Generation.QUEUED, Generation.STREAMING)
_WITHOUT_TEXT: Any = defer(DraftJob.output), defer(DraftJob.brief)  # type: ignore[arg-type]  # SQLModel says str
_OTHER_CAUSES = {
    "worker_lost": "The worker was lost three times.",
    "unusable": "What came back was not a contract.",
    "unexpected": "Something went wrong on our side; we have been told.",
}


@dataclass(frozen=True)
class DraftRow:
    """The newest draft of a document; all empty when there was none. `status` as the pill names it."""

    job_id: str = ""
    status: str = ""
    provider: str = ""
    started_by: str = ""
    words: str = ""
    failure: str = ""
    cause: str = ""
    is_active: bool = False
    can_stop: bool = False
    can_retry: bool = False


@dataclass(frozen=True)
class LiveDraft:
    """What somebody who follows a draft has to know every few seconds: also what it waits for ("" when it does not), and since when."""

    status: str
    is_active: bool
    waiting: str
    seconds: int


def of_document(work: UnitOfWork, document_id: UUID) -> DraftRow:
    """The newest draft of the document. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    if work.db.get(Document, document_id) is None:
        raise NotFound("document")
    job = rows.latest(work, document_id)
    return _waiting_row(work, job) if job else DraftRow()


def live(work: UnitOfWork, document_id: UUID, draft_id: UUID) -> LiveDraft:
    """May the actor follow this draft (still), and how does it stand? Raises NotFound, NotAllowed."""
    work.require(P.DOCUMENT_READ)
    query = select(DraftJob).where(col(DraftJob.id) == draft_id, col(DraftJob.document_id) == document_id)
    job = work.db.exec(query.options(*_WITHOUT_TEXT)).first()
    if job is None:
        raise NotFound("draft")
    seconds = int((work.now - job.queued_at).total_seconds())
    return LiveDraft(job.status, job.status in ACTIVE, waiting_of(work, job), seconds)


def _waiting_row(work: UnitOfWork, job: DraftJob) -> DraftRow:
    """The row of a draft, with what keeps it waiting: its own organisation's turn, or all workers being busy."""
    if job.status is not DraftStatus.QUEUED:
        return row_of(work, job)
    return replace(row_of(work, job), words=waiting_of(work, job))


def waiting_of(work: UnitOfWork, job: DraftJob) -> str:
    """What a queued draft waits for, and how many wait before this very one; "" when it is not queued."""
    if job.status is not DraftStatus.QUEUED:
        return ""
    turn = fairness.turn(work, job)
    if turn.is_held:
        return _turn_words(turn)
    position = _position(job.id)
    return f"Waiting for a free worker{f', {position} ahead' if position else ''}."


def row_of(work: UnitOfWork, job: DraftJob) -> DraftRow:
    may = work.actor.may(P.DOCUMENT_GENERATE)
    is_active = job.status in ACTIVE
    started_by = _name(work, job.requested_by)
    return DraftRow(
        job_id=str(job.id),
        status=pill_of(job),
        provider=LABELS.get(job.provider or "", ""),
        started_by=started_by,
        words=_words(job, started_by),
        failure="The draft could not be finished" if job.status is DraftStatus.FAILED else "Trying again",
        cause=cause_of(work, job),
        is_active=is_active,
        can_stop=is_active and may,
        can_retry=job.status is DraftStatus.FAILED and may and _is_draft(work, job),
    )


def _name(work: UnitOfWork, user_id: UUID | None) -> str:
    """Of whoever ordered it, which is most often the one who looks."""
    if isinstance(work.actor, Member) and work.actor.user_id == user_id:
        return work.actor.name
    return work.db.scalar(select(AppUser.name).where(col(AppUser.id) == user_id)) or ""


def _is_draft(work: UnitOfWork, job: DraftJob) -> bool:
    status = work.db.scalar(select(Document.status).where(col(Document.id) == job.document_id))
    return status is Status.DRAFT


def pill_of(job: DraftJob) -> str:
    """The document's word for it (see Generation), which people know from the list; waiting to try again has its own."""
    words = {
        DraftStatus.QUEUED: Generation.QUEUED,
        DraftStatus.RETRY_WAIT: DraftStatus.RETRY_WAIT,
        DraftStatus.RUNNING: Generation.STREAMING,
        DraftStatus.SUCCEEDED: Generation.READY,
        DraftStatus.FAILED: Generation.FAILED,
        DraftStatus.CANCELLED: Generation.CANCELLED,
    }
    return str(words[job.status])


def _words(job: DraftJob, started_by: str) -> str:
    by = f" for {started_by}" if started_by else ""
    # fmt: off
    sentences = {
        DraftStatus.QUEUED:     "Waiting for a free worker.",
        DraftStatus.RETRY_WAIT: f"Attempt {job.attempt} did not work out; the next one follows shortly.",
        DraftStatus.RUNNING:    f"Being written{by}.",
        DraftStatus.SUCCEEDED:  f"Written{by}. A starting point, not legal advice.",
        DraftStatus.FAILED:     f"Given up after {job.attempt} attempts.",
        DraftStatus.CANCELLED:  "Stopped. What was written so far has been kept." if job.output else "Stopped.",
    }
    # fmt: on
    return sentences[job.status]


def _turn_words(turn: Turn) -> str:
    ahead = f"{turn.ahead} more wait before it" if turn.ahead else "this one is next"
    drafts = "one draft" if turn.at_once == 1 else f"{turn.at_once} drafts"
    return f"Your plan writes {drafts} at a time, and they are under way; {ahead}."


def cause_of(work: UnitOfWork, job: DraftJob) -> str:
    """Why the last attempt failed, for the person; empty when there is nothing to explain."""
    if job.status not in {DraftStatus.FAILED, DraftStatus.RETRY_WAIT} or not job.error_code:
        return ""
    other = _OTHER_CAUSES.get(job.error_code, _OTHER_CAUSES["unexpected"])
    return recording.cause(work, job.id) or other


def _position(draft_id: UUID) -> int:
    """How many other drafts wait in the queue before this one, as far as Redis knows."""
    try:
        return queue.ahead_of("drafts", f"draft-{draft_id}-") or 0
    except (RedisError, OSError):
        return 0
