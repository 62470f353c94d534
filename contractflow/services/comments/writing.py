"""Saying something about a document: a thread, an answer, and taking one's own words back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, func, or_, select, update

from contractflow.content import nodes
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import Comment, Document
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.services.comments import telling
from contractflow.services.comments.mentions import marked
from contractflow.services.comments.reading import headings
from contractflow.services.documents.subject import current_version
from contractflow.services.moving import locked, touched
from contractflow.workflows.comment import CommentState

LONGEST = 5_000
MOST_IN_A_THREAD = 100
LONGEST_KEY = 40
SETTLED = "This thread is resolved. Reopen it to say more."


def start(
    work: UnitOfWork,
    document_id: UUID,
    block_id: str,
    body: str,
    *,
    is_shared: bool = False,
    picked: Collection[str] = (),
    key: str = "",
) -> None:
    """Begin a thread on a block, or on the document when `block_id` is empty. Twice with one `key` is once.

    What `is_shared` the client reads as well. Raises NotFound, also for a block that is gone, and Invalid.
    """
    work.require(P.COMMENT_WRITE)
    document = document_of(work, document_id)
    about = headings(current_version(work, document)) if block_id else {}
    if block_id and block_id not in about:
        raise NotFound("clause")
    own_key = f"{work.member.membership_id}:{key[:LONGEST_KEY]}"
    if is_said(work, document, own_key, key):
        return
    text, mentioned = marked(work, said_well(body), picked)
    comment = Comment(
        id=uuid7(),
        org_id=document.org_id,
        document_id=document.id,
        version_id=document.current_version_id,
        block_id=block_id or None,
        visibility="shared" if is_shared else "internal",
        member_id=work.member.membership_id,
        body=text,
        mentions=mentioned,
        key=own_key if key else None,
    )
    keep(work, document, comment, "start", clause=about.get(block_id, ""))
    telling.tell(work, document, comment, comment)


def reply(
    work: UnitOfWork,
    document_id: UUID,
    comment_id: UUID,
    body: str,
    *,
    picked: Collection[str] = (),
    key: str = "",
) -> None:
    """Answer in the thread that `comment_id` began; whoever reads the thread reads the answer."""
    work.require(P.COMMENT_WRITE)
    document = document_of(work, document_id)
    first = thread_of(work, document, comment_id)
    own_key = f"{work.member.membership_id}:{key[:LONGEST_KEY]}"
    if is_said(work, document, own_key, key):
        return
    refuse_full(work, first)
    text, mentioned = marked(work, said_well(body), picked)
    comment = answer_to(first, document, text, member_id=work.member.membership_id)
    comment.mentions, comment.key = mentioned, own_key if key else None
    see_thread(work, first)
    keep(work, document, comment, "reply")
    telling.tell(work, document, first, comment)


def edit(
    work: UnitOfWork, document_id: UUID, comment_id: UUID, body: str, *, picked: Collection[str] = ()
) -> None:
    """Other words for one's own; everybody sees that they were changed. Who is newly named is told."""
    work.require(P.COMMENT_WRITE)
    document, comment = _own(work, document_id, comment_id)
    if comment.deleted_at is not None:
        raise IllegalMove("This comment was deleted.")
    text, mentioned = marked(work, said_well(body), picked)
    if text == comment.body:
        return
    comment.body, comment.mentions, comment.edited_at = text, mentioned, work.now
    work.record("comment:edit", "comment", comment.id, document_id=document.id)
    telling.tell_mentioned(work, document, comment)
    touched(work, document)


def delete(work: UnitOfWork, document_id: UUID, comment_id: UUID) -> None:
    """Take one's own words back: nothing is left of them but that they were there. Twice is the same as once."""
    work.require(P.COMMENT_WRITE)
    document, comment = _own(work, document_id, comment_id)
    if comment.deleted_at is not None:
        return
    comment.body, comment.mentions, comment.deleted_at = "", [], work.now
    work.record("comment:delete", "comment", comment.id, document_id=document.id)
    touched(work, document)


def document_of(work: UnitOfWork, document_id: UUID) -> Document:
    """Held, so that two clicks write one after the other."""
    document = locked(work, Document, document_id, "document")
    if document.deleted_at is not None:
        raise NotFound("document")
    return document


def thread_of(work: UnitOfWork, document: Document, comment_id: UUID) -> Comment:
    """The comment that began a thread on this document, locked. Raises NotFound."""
    first = locked(work, Comment, comment_id, "comment")
    if first.document_id != document.id or first.parent_id is not None:
        raise NotFound("comment")
    return first


def see_thread(work: UnitOfWork, first: Comment, until: Comment | None = None) -> None:
    """What the client wrote in this thread, up to `until`, waits for nobody any more; the document is held."""
    query = update(Comment).where(
        or_(col(Comment.id) == first.id, col(Comment.parent_id) == first.id),
        col(Comment.contact_id).is_not(None),
        col(Comment.seen_at).is_(None),
    )
    query = query if until is None else query.where(col(Comment.id) <= until.id)
    work.db.execute(query.values(seen_at=work.now))


def said_well(body: str, longest: int = LONGEST) -> str:
    """What can be seen of `body`. Raises Invalid for nothing or too much."""
    text = nodes.visible(body).strip()
    if not text:
        raise Invalid("Write something first.", "body")
    if len(text) > longest:
        raise Invalid(f"This is too long: at most {longest:,} characters.", "body")
    return text


def is_said(work: UnitOfWork, document: Document, own_key: str, key: str) -> bool:
    """Whether this click has written its comment before."""
    query = select(Comment.id).where(col(Comment.document_id) == document.id, col(Comment.key) == own_key)
    return bool(key) and work.db.exec(query.limit(1)).first() is not None


def refuse_full(work: UnitOfWork, first: Comment, settled: str = SETTLED) -> None:
    """No answer to what is settled, nor to a thread that is too long. Raises IllegalMove."""
    if first.state is CommentState.RESOLVED:
        raise IllegalMove(settled)
    query = select(func.count()).where(col(Comment.parent_id) == first.id)
    if work.db.exec(query).one() >= MOST_IN_A_THREAD:
        raise IllegalMove("This thread is long enough. Start a new one.")


def answer_to(
    first: Comment,
    document: Document,
    text: str,
    *,
    member_id: UUID | None = None,
    contact_id: UUID | None = None,
) -> Comment:
    return Comment(
        id=uuid7(),
        org_id=document.org_id,
        document_id=document.id,
        version_id=document.sent_version_id or document.current_version_id,
        block_id=first.block_id,
        parent_id=first.id,
        visibility=first.visibility,
        body=text,
        member_id=member_id,
        contact_id=contact_id,
    )


def keep(work: UnitOfWork, document: Document, comment: Comment, verb: str, clause: str = "") -> None:
    work.db.add(comment)
    work.db.flush()
    work.record(
        f"comment:{verb}",
        "comment",
        comment.id,
        document_id=document.id,
        visibility=comment.visibility,
        clause=clause,
    )
    touched(work, document)


def _own(work: UnitOfWork, document_id: UUID, comment_id: UUID) -> tuple[Document, Comment]:
    """A comment of the member who acts, and the one that began its thread, which is open. Raises NotAllowed."""
    document = document_of(work, document_id)
    comment = locked(work, Comment, comment_id, "comment")
    if comment.document_id != document.id:
        raise NotFound("comment")
    if comment.member_id != work.member.membership_id:
        raise NotAllowed("Only who wrote a comment can change it.")
    first = thread_of(work, document, comment.parent_id) if comment.parent_id else comment
    if first.state is CommentState.RESOLVED:
        raise IllegalMove(SETTLED)
    return document, comment
