"""What the client and the agency say to each other about a document, in the portal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Comment, Document, DocumentVersion, Org, Signer
from contractflow.models.columns import uuid7
from contractflow.services.comments import Part, telling
from contractflow.services.comments.mentions import names, parts
from contractflow.services.comments.reading import Said, counted, headings, said, threads
from contractflow.services.comments.writing import (
    LONGEST_KEY,
    answer_to,
    is_said,
    keep,
    refuse_full,
    said_well,
)
from contractflow.services.display import When, timezone_of, when
from contractflow.services.portal.page import READABLE
from contractflow.services.portal.requests import actor_of, open_request
from contractflow.workflows.comment import CommentState
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus

LONGEST = 2_000


@dataclass(frozen=True)
class PortalComment:
    id: str
    author: str
    is_you: bool
    parts: list[Part]
    at: When
    is_edited: bool
    is_deleted: bool


@dataclass(frozen=True)
class PortalThread:
    """`block_id` is empty for what is about the whole document, or about a clause that is no longer in it."""

    id: str
    block_id: str
    is_resolved: bool
    can_answer: bool
    comments: list[PortalComment]


@dataclass(frozen=True)
class PortalThreads:
    """`counts` says by block how many there are ("1 comment")."""

    rows: list[PortalThread] = field(default_factory=list)
    counts: dict[str, str] = field(default_factory=dict)
    on_document: bool = False
    may_comment: bool = False


def comments(work: UnitOfWork) -> PortalThreads:
    """The shared threads of the document, while it can be read; nothing of what members say to each other."""
    actor = actor_of(work)
    document = work.db.get(Document, actor.document_id)
    signer = work.db.get(Signer, actor.signer_id)
    if document is None or signer is None:
        raise NotFound("document")
    if document.status not in READABLE or document.sent_version_id is None:
        return PortalThreads()
    found = [one for one in said(work, document.id) if one.comment.visibility == "shared"]
    there = headings(work.db.get(DocumentVersion, document.sent_version_id)) if found else {}
    name_of, is_open = _names_for_client(work, document, found), _is_open(document, signer)
    rows = [_thread(work, signer, each, there, name_of, is_open=is_open) for each in threads(found)]
    blocks = Counter(row.block_id for row in rows if row.block_id)
    return PortalThreads(
        rows=rows,
        counts={block: counted(number, "comment") for block, number in blocks.items()},
        on_document=any(not row.block_id for row in rows),
        may_comment=is_open,
    )


def comment(work: UnitOfWork, block_id: str, body: str, key: str = "") -> None:
    """Begin a thread on a block of what was sent, or on all of it. Twice with one `key` is once. Only before signing."""
    document, signer = open_request(work)
    version = work.db.get(DocumentVersion, document.sent_version_id) if document.sent_version_id else None
    about = headings(version)
    if version is None or (block_id and block_id not in about):
        raise NotFound("clause")
    own_key = f"{signer.id}:{key[:LONGEST_KEY]}"
    if is_said(work, document, own_key, key):
        return
    started = Comment(
        id=uuid7(),
        org_id=document.org_id,
        document_id=document.id,
        version_id=version.id,
        block_id=block_id or None,
        visibility="shared",
        contact_id=signer.contact_id,
        member_id=signer.member_id,
        body=said_well(body, LONGEST),
        key=own_key if key else None,
    )
    keep(work, document, started, "start", clause=about.get(block_id, ""))
    telling.tell(work, document, started, started)


def answer(work: UnitOfWork, comment_id: UUID, body: str, key: str = "") -> None:
    """Answer in a shared thread, which is open. Twice with one `key` is once. Only before signing."""
    document, signer = open_request(work)
    first = _shared(work, document, comment_id)
    own_key = f"{signer.id}:{key[:LONGEST_KEY]}"
    if is_said(work, document, own_key, key):
        return
    refuse_full(work, first, "This is settled. Start a new comment if something is left.")
    text = said_well(body, LONGEST)
    said_now = answer_to(first, document, text, contact_id=signer.contact_id, member_id=signer.member_id)
    said_now.key = own_key if key else None
    keep(work, document, said_now, "reply")
    telling.tell(work, document, first, said_now)


def _shared(work: UnitOfWork, document: Document, comment_id: UUID) -> Comment:
    """Not locked: a client changes nothing of a thread, and the document is held. Raises NotFound."""
    first = work.db.get(Comment, comment_id)
    if first is None or first.document_id != document.id or first.parent_id or first.visibility != "shared":
        raise NotFound("comment")
    return first


def _is_open(document: Document, signer: Signer) -> bool:
    return document.status is Status.SENT and signer.status in (SignerStatus.INVITED, SignerStatus.VIEWED)


def _names_for_client(work: UnitOfWork, document: Document, found: list[Said]) -> Callable[[UUID], str]:
    """The sender, and who has written to the client, by their names; any other colleague is the agency."""
    met = {document.owner_id, *(one.comment.member_id for one in found if one.comment.member_id)}
    mentioned = {key for one in found for key in one.comment.mentions}
    known = names(work, met & mentioned)
    org = work.db.get_one(Org, document.org_id).name
    return lambda key: known.get(key, org)


def _thread(
    work: UnitOfWork,
    signer: Signer,
    thread: list[Said],
    there: Mapping[str, str],
    name_of: Callable[[UUID], str],
    *,
    is_open: bool,
) -> PortalThread:
    first = thread[0].comment
    is_resolved = first.state is CommentState.RESOLVED
    return PortalThread(
        id=str(first.id),
        block_id=first.block_id if first.block_id and first.block_id in there else "",
        is_resolved=is_resolved,
        can_answer=is_open and not is_resolved,
        comments=[_row(work, signer, one, name_of) for one in thread],
    )


def _row(work: UnitOfWork, signer: Signer, one: Said, name_of: Callable[[UUID], str]) -> PortalComment:
    comment = one.comment
    return PortalComment(
        id=str(comment.id),
        author=one.author,
        is_you=comment.contact_id is not None and comment.contact_id == signer.contact_id,
        parts=parts(comment.body, comment.mentions, name_of),
        at=when(comment.created_at, work.now, signer.timezone or timezone_of(work)),
        is_edited=comment.edited_at is not None,
        is_deleted=comment.deleted_at is not None,
    )
