"""What failed for good gets another three attempts, on the word of a platform admin and before the owner's eyes."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.services.drafts import rows
from contractflow.services.moving import move, touched
from contractflow.services.platform.appointing import only_admins
from contractflow.workflows.document import Generation, Status
from contractflow.workflows.draft_job import DRAFT_JOB, Decision


def revive(work: UnitOfWork, draft_id: UUID) -> None:
    """Queue a failed draft of the organisation that the admin acts for. Raises NotFound, IllegalMove, NotAllowed."""
    only_admins(work)
    with work.on_behalf():
        _queue_again(work, draft_id)


def _queue_again(work: UnitOfWork, draft_id: UUID) -> None:
    job, document = rows.with_document(work, draft_id)
    if document.status is not Status.DRAFT or job.decision is not Decision.OPEN:
        raise IllegalMove("Its document has moved on; nobody needs this draft any more.")
    if job.kind != rows.CLAUSE and document.generation_status is not Generation.FAILED:
        raise IllegalMove("Another draft of this document was ordered since.")
    job.attempt = 0
    job.cancel_requested = False
    job.finished_at = job.next_attempt_at = job.error_code = job.error_detail = None
    move(work, job, DRAFT_JOB, "revive")
    rows.follow(work, job, document, "revive")
    work.after_commit(lambda: rows.wake_worker(job, job.epoch))
    touched(work, document)
