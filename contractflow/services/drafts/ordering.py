"""What people do with drafts: order one, stop one."""

from __future__ import annotations

import logging
from uuid import UUID

from redis.exceptions import RedisError

from contractflow.broker.connections import request_redis
from contractflow.broker.draft_stream import DraftView, ask_to_stop, stream_key
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid
from contractflow.integrations.ai.answer import Unusable
from contractflow.models import Document, DraftJob
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.drafts import rows
from contractflow.services.drafts.reading import DraftRow, row_of
from contractflow.services.drafts.saving import save_text
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import GENERATION, Generation, Status
from contractflow.workflows.draft_job import DRAFT_JOB, DraftStatus

log = logging.getLogger(__name__)


def request(work: UnitOfWork, document_id: UUID, idempotency_key: str) -> DraftRow:
    """Order a draft of the whole document from its brief. Twice with one key is the same as once.

    The committed row is the order; waking a worker comes after it and may fail. Raises IllegalMove while one is
    under way or when the document is not a draft any more, LimitReached when the month is used up.
    """
    work.require(P.DOCUMENT_GENERATE)
    document = locked(work, Document, document_id, "document")
    if earlier := rows.ordered_before(work, document, idempotency_key):
        return row_of(work, earlier)
    if document.generation_status in {Generation.QUEUED, Generation.STREAMING}:
        raise IllegalMove("A draft of this document is being written already.")
    if document.status is not Status.DRAFT:
        raise IllegalMove(f"This document is “{document.status}” now; only a draft can be drafted anew.")
    limits.require_room(work, "drafts")
    job = DraftJob(
        org_id=document.org_id,
        document_id=document.id,
        brief=document.brief,
        idempotency_key=idempotency_key,
        requested_by=work.member.user_id,
        queued_at=work.now,
    )
    work.db.add(job)
    move(work, document, GENERATION, "queue", draft_id=str(job.id))
    work.db.flush()
    work.after_commit(lambda: rows.wake_worker(job))
    touched(work, document)
    return row_of(work, job)


def stop(work: UnitOfWork, document_id: UUID) -> None:
    """End the draft under way now; what the readers have seen of it stays as a version. Raises IllegalMove."""
    work.require(P.DOCUMENT_GENERATE)
    document = locked(work, Document, document_id, "document")
    job = rows.active(work, document_id)
    if job is None:
        raise IllegalMove("Nothing is being written at the moment.")
    text, provider = _seen_so_far(job)
    job.output, job.provider = text, provider or job.provider
    job.cancel_requested = True
    job.lease_token = job.lease_expires_at = job.lease_owner = None
    job.finished_at = work.now
    move(work, job, DRAFT_JOB, "cancel")
    move(work, document, GENERATION, "cancel", draft_id=str(job.id))
    if text:
        _keep(work, document, job, text)
    touched(work, document)


def _seen_so_far(job: DraftJob) -> tuple[str, str]:
    """The text on the readers' screens, and who wrote it. The writer is fenced first, so it cannot grow meanwhile."""
    if job.status is not DraftStatus.RUNNING:
        return "", ""
    view = DraftView()
    try:
        redis = request_redis()
        ask_to_stop(redis, job.id, job.epoch)
        for _, entry in redis.xrange(stream_key(job.id)):  # type: ignore[union-attr]
            view.fold(entry)
    except (RedisError, OSError) as problem:
        log.warning("the partial text of draft %s is lost: %s", job.id, problem)
    return ("", "") if view.has_gap else (view.text, view.provider)


def _keep(work: UnitOfWork, document: Document, job: DraftJob, text: str) -> None:
    try:
        version = save_text(work, document, job, text, note="Stopped while it was being written")
    except (Unusable, Invalid):
        return
    job.result_version_id = version.id
