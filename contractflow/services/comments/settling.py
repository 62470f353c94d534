"""A thread is settled, or opened again."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Permission as P
from contractflow.services.comments.writing import document_of, thread_of
from contractflow.services.moving import move, touched
from contractflow.workflows.comment import COMMENT, CommentState


def resolve(work: UnitOfWork, document_id: UUID, comment_id: UUID) -> None:
    """Nothing is left to say in the thread that `comment_id` began. Twice is the same as once."""
    work.require(P.COMMENT_WRITE)
    document = document_of(work, document_id)
    first = thread_of(work, document, comment_id)
    if first.state is CommentState.RESOLVED:
        return
    move(work, first, COMMENT, "resolve")
    first.resolved_by, first.resolved_at = work.member.membership_id, work.now
    touched(work, document)


def reopen(work: UnitOfWork, document_id: UUID, comment_id: UUID) -> None:
    """There is something left after all. Twice is the same as once."""
    work.require(P.COMMENT_WRITE)
    document = document_of(work, document_id)
    first = thread_of(work, document, comment_id)
    if first.state is CommentState.OPEN:
        return
    move(work, first, COMMENT, "reopen")
    first.resolved_by = first.resolved_at = None
    touched(work, document)
