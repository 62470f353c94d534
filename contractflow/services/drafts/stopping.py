"""Stopping a draft: what its readers have seen of it stays, as a version.

The text is on its way in Redis, so that is where `stop` looks for it. When Redis does not answer, the worker, who
notices within seconds, hands in what it had shown: `interrupted`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from redis.exceptions import RedisError

from contractflow.broker.connections import patient_redis
from contractflow.broker.draft_stream import DraftView, ask_to_stop, stream_key
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.integrations.ai.answer import Unusable
from contractflow.integrations.ai.words import Attempt
from contractflow.models import Document, DraftJob
from contractflow.permissions import Permission as P
from contractflow.services.documents.subject import current_version
from contractflow.services.drafts import fairness, rows
from contractflow.services.drafts.recording import record
from contractflow.services.drafts.rows import CLAUSE
from contractflow.services.drafts.saving import save_text
from contractflow.services.drafts.writing import Claim
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import GENERATION, Status
from contractflow.workflows.draft_job import DraftStatus

log = logging.getLogger(__name__)


def stop(work: UnitOfWork, document_id: UUID) -> None:
    """End the draft under way now; what the readers have seen of it stays as a version. Raises IllegalMove."""
    work.require(P.DOCUMENT_GENERATE)
    document = locked(work, Document, document_id, "document")
    job = rows.active(work, document_id)
    if job is None:
        raise IllegalMove("Nothing is being written at the moment.")
    text, provider = _seen_so_far(job)
    job.output, job.provider = text, provider or job.provider
    rows.cancel(work, job)
    move(work, document, GENERATION, "cancel", draft_id=str(job.id))
    if text:
        _keep(work, document, job, text)
    fairness.pass_on(work)
    touched(work, document)


def interrupted(
    work: UnitOfWork, claimed: Claim, attempts: Sequence[Attempt], shown: str, provider: str
) -> None:
    """For the worker whose draft was stopped or went on elsewhere: keep what it cost, and what it had shown.

    The text is only missing when `stop` could not read it, and comes too late when somebody has gone on since.
    """
    record(work, claimed.draft_id, claimed.attempt, claimed.order.template, attempts)
    try:
        job, document = rows.with_document(work, claimed.draft_id)
    except NotFound:
        return
    is_missing = job.status is DraftStatus.CANCELLED and job.epoch == claimed.number and not job.output
    if (
        shown
        and is_missing
        and job.kind != CLAUSE
        and document.status is Status.DRAFT
        and not _has_moved_on(work, document, job)
    ):
        job.output, job.provider = shown, provider
        _keep(work, document, job, shown)
        touched(work, document)


def _seen_so_far(job: DraftJob) -> tuple[str, str]:
    """The text on the readers' screens, and who wrote it. The writer is fenced first, so it cannot grow meanwhile."""
    if job.status is not DraftStatus.RUNNING:
        return "", ""
    view = DraftView()
    try:
        redis = patient_redis()
        ask_to_stop(redis, job.id, job.epoch)
        for _, entry in redis.xrange(stream_key(job.id)):  # type: ignore[union-attr]
            view.fold(entry)
    except (RedisError, OSError) as problem:
        log.warning("the partial text of draft %s has to come from its worker: %s", job.id, problem)
        return "", ""
    return ("", "") if view.has_gap else (view.text, view.provider)


def _has_moved_on(work: UnitOfWork, document: Document, job: DraftJob) -> bool:
    """A version came after the stop, or another draft is under way."""
    version = current_version(work, document)
    is_newer = version is not None and job.finished_at is not None and version.created_at > job.finished_at
    return is_newer or rows.active(work, document.id) is not None


def _keep(work: UnitOfWork, document: Document, job: DraftJob, text: str) -> None:
    try:
        version = save_text(work, document, job, text, note="Stopped while it was being written")
    except (Unusable, Invalid):
        return
    job.result_version_id = version.id
