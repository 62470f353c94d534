"""Who hears of a comment: whom it names, the document's owner, and whoever has spoken in its thread."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, or_, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Comment, Document, Membership, Org, Signer
from contractflow.services import notifications
from contractflow.services.comments.mentions import names, parts, plain
from contractflow.workflows.document import Status
from contractflow.workflows.membership import MembershipStatus
from contractflow.workflows.signer import SignerStatus

LONGEST = 600
"""Characters of a comment that a mail repeats."""

MOST = 100


def tell(work: UnitOfWork, document: Document, first: Comment, comment: Comment) -> None:
    """Of a new `comment` in the thread that `first` began; nobody twice, nobody of their own words."""
    thread = _thread(work, first)
    tell_mentioned(work, document, comment)
    others = {document.owner_id, *(one.member_id for one in thread if one.member_id)}
    others |= {key for one in thread for key in one.mentions}
    kind = "commented" if comment.member_id else "client_commented"
    _queue(work, document, comment, kind, others - {comment.member_id, *comment.mentions})
    if comment.member_id and comment.visibility == "shared":
        _tell_clients(work, document, comment, {one.contact_id for one in thread if one.contact_id})


def tell_mentioned(work: UnitOfWork, document: Document, comment: Comment) -> None:
    """Whom `comment` names; those who were told before of this one are not told again."""
    _queue(work, document, comment, "mentioned", set(comment.mentions) - {comment.member_id})


def _thread(work: UnitOfWork, first: Comment) -> list[Comment]:
    work.db.flush()
    query = select(Comment).where(or_(col(Comment.id) == first.id, col(Comment.parent_id) == first.id))
    return list(work.db.exec(query.order_by(col(Comment.id).desc()).limit(MOST)))


def _queue(
    work: UnitOfWork, document: Document, comment: Comment, kind: str, members: Collection[UUID | None]
) -> None:
    if not members:
        return
    query = (
        select(Membership.id, AppUser)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(
            col(Membership.id).in_([key for key in members if key]),
            col(Membership.status) == MembershipStatus.ACTIVE,
        )
        .order_by(col(Membership.id))
    )
    known = names(work, set(comment.mentions))
    text = plain(parts(comment.body, comment.mentions, lambda key: known.get(key, "")))[:LONGEST]
    for membership_id, person in work.db.exec(query).all():
        notifications.queue(
            work,
            kind,
            recipient=person.email,
            user_id=person.id,
            document_id=document.id,
            dedupe_key=f"{kind}:{comment.id}:{membership_id}",
            name=person.name,
            author=work.actor.name,
            title=document.title,
            comment=text,
            comment_id=str(comment.parent_id or comment.id),
        )


def _tell_clients(
    work: UnitOfWork, document: Document, comment: Comment, contacts: Collection[UUID | None]
) -> None:
    """Those of the client who spoke in the thread and can still answer; no colleague's name goes along."""
    if not contacts or document.status is not Status.SENT or document.sent_version_id is None:
        return
    query = select(Signer).where(
        col(Signer.document_id) == document.id,
        col(Signer.contact_id).in_([key for key in contacts if key]),
        col(Signer.status).in_([SignerStatus.INVITED, SignerStatus.VIEWED]),
    )
    org = work.db.get_one(Org, document.org_id).name
    text = plain(parts(comment.body, comment.mentions, lambda _: org))[:LONGEST]
    for signer in work.db.exec(query).all():
        notifications.queue(
            work,
            "comment_answered",
            recipient=signer.email,
            document_id=document.id,
            dedupe_key=f"comment_answered:{comment.id}:{signer.id}",
            signer_id=str(signer.id),
            version_id=str(document.sent_version_id),
            name=signer.name,
            author=work.member.name,
            title=document.title,
            org=org,
            comment=text,
        )
