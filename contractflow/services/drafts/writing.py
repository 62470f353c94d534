"""What workers do with drafts. A claim is a lease with a token; whoever lost it changes nothing any more.

A worker that dies is noticed when its lease runs out; `wake` (the scheduler) then lets somebody else begin.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.ai.failover import Outcome
from contractflow.integrations.ai.words import Attempt, Order
from contractflow.models import Document, DraftJob
from contractflow.services.drafts import fairness, rows
from contractflow.services.drafts.briefing import order_for
from contractflow.services.drafts.recording import WORKER_LOST, record, record_loss
from contractflow.services.drafts.saving import save
from contractflow.services.moving import move, touched
from contractflow.workflows.draft_job import DRAFT_JOB, DraftStatus

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=8)
"""How long a silent worker keeps a draft. Its heartbeat comes every 2.5 s, so two may get lost."""
MOST_ATTEMPTS = 3
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
WAKE_AGAIN = timedelta(seconds=15)
LOST_WORKER = "The worker was lost. Starting again from the beginning."
BEGUN_ANEW = "Starting again from the beginning."
OPEN = (DraftStatus.QUEUED, DraftStatus.RETRY_WAIT)


class Beat(Enum):
    """What a worker hears when it says that it is alive."""

    GO_ON = "go on"
    LOST = "somebody else has it, or it was stopped"


@dataclass(frozen=True)
class Claim:
    """One worker's right to write one draft. `number` grows with every claim and fences the stream."""

    org_id: UUID
    draft_id: UUID
    document_id: UUID
    token: UUID
    number: int
    attempt: int
    order: Order
    note: str


def claim(work: UnitOfWork, draft_id: UUID, owner: str = "") -> Claim | None:
    """Take the draft if it waits for somebody; None when it does not (delivered twice, stopped, not due yet).

    Nor when its organisation has as many under way as its tier writes at once: it waits for its turn then.
    """
    try:
        job, document = rows.with_document(work, draft_id)
    except NotFound:
        return None
    if job.status not in OPEN or job.attempt >= MOST_ATTEMPTS:
        return None
    if job.status is DraftStatus.RETRY_WAIT and job.next_attempt_at and job.next_attempt_at > work.now:
        return None
    if not fairness.has_room(work):
        job.next_attempt_at = work.now + WAKE_AGAIN
        return None
    has_begun = job.epoch > 0
    job.attempt += 1
    job.epoch += 1
    job.lease_token, job.lease_owner = uuid4(), owner[:120]
    job.lease_expires_at = work.now + LEASE
    job.heartbeat_at, job.started_at, job.next_attempt_at = work.now, job.started_at or work.now, None
    job.provider = None
    move(work, job, DRAFT_JOB, "claim", attempt=job.attempt)
    rows.follow(work, job, document, "start")
    touched(work, document)
    order = order_for(work, document, job)
    note = (LOST_WORKER if job.error_code == WORKER_LOST else BEGUN_ANEW) if has_begun else ""
    return Claim(job.org_id, job.id, document.id, job.lease_token, job.epoch, job.attempt, order, note)


def heartbeat(work: UnitOfWork, claimed: Claim, provider: str = "") -> Beat:
    """Prolong the lease, and say who writes. One statement and no lock on the document: it happens all the time."""
    prolong = (
        update(DraftJob)
        .where(
            col(DraftJob.id) == claimed.draft_id,
            col(DraftJob.lease_token) == claimed.token,
            col(DraftJob.status) == DraftStatus.RUNNING,
        )
        .values(
            lease_expires_at=work.now + LEASE,
            heartbeat_at=work.now,
            provider=provider or col(DraftJob.provider),
        )
        .returning(col(DraftJob.id))
    )
    return Beat.GO_ON if work.db.execute(prolong).first() else Beat.LOST


def finish(work: UnitOfWork, claimed: Claim, outcome: Outcome) -> bool:
    """Save the text as a version and end the draft, in one transaction. False when the claim is lost.

    Raises Unusable or Invalid when the text cannot become a contract.
    """
    held = _held(work, claimed)
    if held is None:
        return False
    job, document = held
    job.output, job.provider, job.model = outcome.text, outcome.provider, outcome.model[:120]
    record(work, job.id, claimed.attempt, claimed.order.template, outcome.attempts)
    save(work, document, job, is_cut=outcome.finish == "length")
    _let_go(work, job)
    job.error_code = job.error_detail = None
    move(work, job, DRAFT_JOB, "succeed", provider=outcome.provider)
    rows.follow(work, job, document, "finish")
    fairness.pass_on(work)
    touched(work, document)
    return True


def retry_later(
    work: UnitOfWork, claimed: Claim, code: str, detail: str, attempts: Sequence[Attempt] = ()
) -> DraftStatus | None:
    """The attempt failed: try again after a while, or give up after the third. None when the claim is lost."""
    held = _held(work, claimed)
    if held is None:
        return None
    job, document = held
    job.error_code, job.error_detail = code[:80], detail[:2000]
    record(work, job.id, claimed.attempt, claimed.order.template, attempts)
    _again_or_never(work, job, document, "wait", _pause(job.attempt))
    return job.status


def hand_back(work: UnitOfWork, claimed: Claim, attempts: Sequence[Attempt] = ()) -> None:
    """This worker is told to go: somebody else begins at once, and the attempt does not count."""
    record(work, claimed.draft_id, claimed.attempt, claimed.order.template, attempts)
    held = _held(work, claimed)
    if held is None:
        return
    job, document = held
    job.attempt -= 1
    _again_or_never(work, job, document, "requeue", 0)


def wake(work: UnitOfWork, draft_id: UUID) -> None:
    """For the scheduler: let go of a dead worker's claim, and wake a worker for what waits.

    A document that somebody holds is passed over: one slow transaction must not keep everybody else's drafts waiting.
    """
    try:
        job, document = rows.unless_held(work, draft_id)
    except NotFound:
        return
    if job.status is DraftStatus.RUNNING and job.lease_expires_at and job.lease_expires_at < work.now:
        log.warning("draft %s: its worker is silent, attempt %d", job.id, job.attempt)
        record_loss(work, job)
        job.error_code, job.error_detail = WORKER_LOST, LOST_WORKER
        _again_or_never(work, job, document, "requeue", 0)
    elif job.status in OPEN and (job.next_attempt_at or work.now) <= work.now:
        if not fairness.has_room(work, exactly=False):
            job.next_attempt_at = work.now + WAKE_AGAIN
            return
        # Asked again only after a while: a long queue is no reason to fill it with repetitions.
        job.next_attempt_at = (
            work.now + WAKE_AGAIN if job.status is DraftStatus.QUEUED else job.next_attempt_at
        )
        round_ = int(work.now.timestamp()) // int(WAKE_AGAIN.total_seconds())
        work.after_commit(lambda: rows.wake_worker(job, round_))


def _again_or_never(work: UnitOfWork, job: DraftJob, document: Document, verb: str, pause: float) -> None:
    _let_go(work, job)
    if job.attempt >= MOST_ATTEMPTS:
        move(work, job, DRAFT_JOB, "fail", code=job.error_code)
        rows.follow(work, job, document, "fail")
    else:
        job.finished_at = None
        job.next_attempt_at = work.now + timedelta(seconds=pause) if verb == "wait" else None
        move(work, job, DRAFT_JOB, verb, code=job.error_code)
        rows.follow(work, job, document, "requeue")
        if verb == "requeue":
            work.after_commit(lambda: rows.wake_worker(job, job.epoch))
    fairness.pass_on(work)
    touched(work, document)


def _held(work: UnitOfWork, claimed: Claim) -> tuple[DraftJob, Document] | None:
    """Both rows, locked, if the claim still holds."""
    token = work.db.scalar(select(DraftJob.lease_token).where(col(DraftJob.id) == claimed.draft_id))
    if token != claimed.token:
        return None
    job, document = rows.with_document(work, claimed.draft_id)
    return (job, document) if job.lease_token == claimed.token else None


def _let_go(work: UnitOfWork, job: DraftJob) -> None:
    job.lease_token = job.lease_expires_at = job.lease_owner = None
    job.finished_at = work.now


def _pause(attempt: int) -> float:
    """Full jitter: anything up to 2, 4, 8 … seconds, so that a crowd does not come back together."""
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)))  # noqa: S311  jitter
