"""How many drafts of one organisation are written at once, so that sixty of one never make another wait.

The rows are counted when a worker claims one, under a lock of the organisation: a worker that dies frees its places
with its lease, whatever Redis remembers. Whoever ends a draft wakes the next one; the scheduler finds the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlmodel import col, func, select, text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import DraftJob
from contractflow.services import limits
from contractflow.services.drafts import rows
from contractflow.workflows.draft_job import DraftStatus

AT_ONCE = "drafts_at_once"
_ONE_CLAIM_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('drafts of ' || :org, 0))")


@dataclass(frozen=True)
class Turn:
    """Where a queued draft stands in its own organisation. `is_held`: all places are taken."""

    is_held: bool = False
    at_once: int = 0
    ahead: int = 0


def has_room(work: UnitOfWork, *, exactly: bool = True) -> bool:
    """Whether one more may begin. `exactly`: nobody else of the organisation claims one until the commit."""
    if exactly:
        work.db.execute(_ONE_CLAIM_AT_A_TIME, {"org": str(work.actor.org_id)})
    return limits.use_of(work, AT_ONCE).has_room


def pass_on(work: UnitOfWork) -> None:
    """A place is free: once this is saved, wake a worker for whoever has waited longest in this organisation."""
    use = limits.use_of(work, AT_ONCE)
    if not use.has_room:
        return
    waiting = work.db.exec(
        select(DraftJob)
        .where(col(DraftJob.org_id) == work.actor.org_id, col(DraftJob.status) == DraftStatus.QUEUED)
        .where(col(DraftJob.next_attempt_at).is_not(None))
        .order_by(col(DraftJob.queued_at), col(DraftJob.id))
        .limit(1 if use.limit is None else use.limit - use.used)
    )
    for job in waiting:
        work.after_commit(partial(rows.wake_worker, job))


def turn(work: UnitOfWork, job: DraftJob) -> Turn:
    """What keeps a queued draft waiting, as far as its own organisation is the reason."""
    if job.status is not DraftStatus.QUEUED:
        return Turn()
    use = limits.use_of(work, AT_ONCE)
    if use.has_room:
        return Turn()
    ahead = work.db.scalar(
        select(func.count()).where(
            col(DraftJob.org_id) == job.org_id,
            col(DraftJob.status) == DraftStatus.QUEUED,
            col(DraftJob.queued_at) < job.queued_at,
        )
    )
    return Turn(True, use.limit or 0, ahead or 0)
