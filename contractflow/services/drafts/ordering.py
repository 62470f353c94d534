"""Ordering a draft: the committed row is the order."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models import Document, DraftJob
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.documents.locks import require_open
from contractflow.services.documents.subject import current_version
from contractflow.services.drafts import rows
from contractflow.services.drafts.reading import DraftRow, row_of
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.document import GENERATION, Generation, Status


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
    if version := current_version(work, document):
        require_open(work, version, version.provenance)  # the draft takes the place of the whole text
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
