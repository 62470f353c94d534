"""The threads of a document: one query for all of them, one more for names and one for headings that are gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from contractflow.content.blocks import heading
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import AppUser, Comment, Contact, Document, DocumentVersion, Membership
from contractflow.permissions import Member, why_not
from contractflow.permissions import Permission as P
from contractflow.services.comments.mentions import names, parts, plain
from contractflow.services.comments.rows import CommentRow, ThreadRow, Threads
from contractflow.services.display import shown
from contractflow.services.documents.subject import current_version
from contractflow.workflows.comment import CommentState

MOST = 1_000
GIST = 90
LEFT = "somebody who has left"
PLAIN_BLOCK = "A paragraph without a heading"


@dataclass(frozen=True)
class Said:
    """A comment with the name of whoever wrote it."""

    comment: Comment
    author: str

    @property
    def is_client(self) -> bool:
        return self.comment.contact_id is not None


def of_document(work: UnitOfWork, document_id: UUID) -> Threads:
    """Everything that was said about a document, for its members. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    document = work.db.get(Document, document_id)
    if document is None or document.deleted_at is not None:
        raise NotFound("document")
    found = said(work, document_id)
    version = current_version(work, document) if found else None
    there = headings(version)
    ours = [one.comment for one in found]
    known = names(work, {key for c in ours for key in (*c.mentions, c.resolved_by) if key})
    name_of = lambda key: known.get(key, LEFT)  # noqa: E731
    gone = _gone_headings(work, ours, there)
    rows = [_thread(work, thread, there | gone, name_of) for thread in threads(found)]
    rows.sort(key=lambda row: row.is_resolved)
    on_blocks = [row for row in rows if row.block_id in there]
    still_open = Counter(row.block_id for row in on_blocks if not row.is_resolved)
    return Threads(
        on_document=[row for row in rows if not row.block_id],
        on_blocks=on_blocks,
        on_gone=[row for row in rows if row.block_id and row.block_id not in there],
        counts={block: counted(number, "comment") for block, number in still_open.items()},
        had={row.block_id: True for row in on_blocks},
        open=counted(sum(not row.is_resolved for row in rows), "open thread"),
        is_cut=len(found) == MOST,
        can_write=work.actor.may(P.COMMENT_WRITE),
        why_not=why_not(work.actor, P.COMMENT_WRITE),
    )


def said(work: UnitOfWork, document_id: UUID) -> list[Said]:
    """The newest comments of a document that the actor's rows let through, oldest first."""
    query = (
        select(Comment, AppUser.name, Contact.name)
        .outerjoin(Membership, col(Membership.id) == Comment.member_id)
        .outerjoin(AppUser, col(AppUser.id) == Membership.user_id)
        .outerjoin(Contact, col(Contact.id) == Comment.contact_id)
        .where(col(Comment.document_id) == document_id)
        .order_by(col(Comment.id).desc())
        .limit(MOST)
    )
    rows = [Said(comment, member or contact or LEFT) for comment, member, contact in work.db.exec(query)]
    return rows[::-1]


def threads(found: Sequence[Said]) -> list[list[Said]]:
    """Each begins with the comment that began it; the newest thread first."""
    by_thread: dict[UUID, list[Said]] = defaultdict(list)
    for one in found:
        by_thread[one.comment.parent_id or one.comment.id].append(one)
    return [thread for key, thread in sorted(by_thread.items(), reverse=True) if thread[0].comment.id == key]


def headings(version: DocumentVersion | None) -> dict[str, str]:
    """By block of a version, how it is called."""
    blocks = Content.from_text(version.content).blocks if version else ()
    return {block.id: heading(block) or PLAIN_BLOCK for block in blocks}


def counted(number: int, one: str, many: str = "") -> str:
    """“2 comments”; empty for none."""
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""


def _gone_headings(work: UnitOfWork, ours: Sequence[Comment], there: Mapping[str, str]) -> dict[str, str]:
    """What the blocks were called that a comment is about and that the document has no more."""
    about = {c.block_id: c.version_id for c in ours if c.block_id and c.block_id not in there}
    if not about:
        return {}
    query = select(DocumentVersion).where(col(DocumentVersion.id).in_({v for v in about.values() if v}))
    known = {version.id: headings(version) for version in work.db.exec(query)}
    return {block: known.get(version, {}).get(block, "") for block, version in about.items() if version}


def _thread(
    work: UnitOfWork, thread: list[Said], about: Mapping[str, str], name_of: Callable[[UUID], str]
) -> ThreadRow:
    first = thread[0].comment
    is_resolved, may_write = first.state is CommentState.RESOLVED, work.actor.may(P.COMMENT_WRITE)
    rows = [_row(work, one, name_of, is_open=may_write and not is_resolved) for one in thread]
    resolved = f"Resolved by {name_of(first.resolved_by)}" if is_resolved and first.resolved_by else ""
    return ThreadRow(
        id=str(first.id),
        block_id=first.block_id or "",
        about=about.get(first.block_id or "", ""),
        is_shared=first.visibility == "shared",
        is_resolved=is_resolved,
        is_change_request=first.kind == "change_request",
        resolved=resolved,
        gist=_gist(rows[0]),
        others=counted(len(rows) - 1, "reply", "replies"),
        can_reply=may_write and not is_resolved,
        can_settle=may_write,
        comments=rows,
    )


def _gist(row: CommentRow) -> str:
    text = " ".join(plain(row.parts).split()) or "deleted"
    return text if len(text) <= GIST else f"{text[:GIST]}…"


def _row(work: UnitOfWork, one: Said, name_of: Callable[[UUID], str], *, is_open: bool) -> CommentRow:
    comment, actor = one.comment, work.actor
    pieces = parts(comment.body, comment.mentions, name_of)
    is_own = isinstance(actor, Member) and comment.member_id == actor.membership_id
    can_edit = is_own and is_open and comment.deleted_at is None
    return CommentRow(
        id=str(comment.id),
        author=one.author,
        is_client=one.is_client,
        parts=pieces,
        source=plain(pieces) if can_edit else "",
        at=shown(work, comment.created_at),
        is_edited=comment.edited_at is not None,
        is_deleted=comment.deleted_at is not None,
        can_edit=can_edit,
    )
