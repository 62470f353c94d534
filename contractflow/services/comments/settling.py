"""A thread is settled, or opened again; what a client wrote is seen."""

from __future__ import annotations

from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Comment
from contractflow.permissions import Permission as P
from contractflow.services.comments.writing import document_of, see_thread, thread_of
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.comment import COMMENT, CommentState


def resolve(work: UnitOfWork, document_id: UUID, comment_id: UUID) -> None:
    """Nothing is left to say in the thread that `comment_id` began. Twice is the same as once."""
    work.require(P.COMMENT_WRITE)
    document = document_of(work, document_id)
    first = thread_of(work, document, comment_id)
    if first.state is CommentState.RESOLVED:
        return
    move(work, first, COMMENT, "resolve")
    see_thread(work, first)
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


def see(work: UnitOfWork, document_id: UUID, comment_id: UUID) -> None:
    """A client's comment, and what they wrote before it in its thread, needs no answer. Twice is the same as once.

    What they write afterwards waits for somebody again. Raises NotFound, also for what a member wrote.
    """
    work.require(P.COMMENT_WRITE)
    document = document_of(work, document_id)
    comment = locked(work, Comment, comment_id, "comment")
    if comment.document_id != document.id or comment.contact_id is None:
        raise NotFound("comment")
    if comment.seen_at is not None:
        return
    see_thread(work, thread_of(work, document, comment.parent_id or comment.id), until=comment)
    work.record("comment:see", "comment", comment.id, document_id=document.id, visibility=comment.visibility)
    touched(work, document)
