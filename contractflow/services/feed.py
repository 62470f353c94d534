"""What happened that concerns one, inside the product: newest first, fifty at a time, each with where it leads.

The rows are written by `notifications.queue`, in the transaction of what they tell. Everybody reads and marks their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlmodel import col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.broker import changes
from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.email import KINDS, subject
from contractflow.models import Notification, Org
from contractflow.permissions import Permission as P
from contractflow.services import notifications, paging
from contractflow.services.display import When, shown
from contractflow.services.paging import PAGE

MOST_COUNTED = 99


@dataclass(frozen=True)
class FeedRow:
    """`hue` and `word` are those of the pill in the mail; a row without a pill has neither."""

    id: str
    words: str
    hue: str
    word: str
    href: str
    at: When
    is_unread: bool


@dataclass(frozen=True)
class FeedPage:
    """`after` is the key of the next page, empty on the last."""

    rows: list[FeedRow] = field(default_factory=list)
    after: str = ""


def page(work: UnitOfWork, after: str = "") -> FeedPage:
    """Raises Invalid for a key that is none."""
    work.require(P.ORG_READ)
    query = _own(work).order_by(col(Notification.id).desc()).limit(PAGE + 1)
    if after:
        query = query.where(col(Notification.id) < paging.by_id(after))
    org = work.db.get_one(Org, work.actor.org_id).name
    found = work.db.exec(query).all()
    rows = [_row(work, one, org) for one in found[:PAGE]]
    return FeedPage(rows, rows[-1].id if len(found) > PAGE else "")


def unread(work: UnitOfWork) -> int:
    """How many nobody has looked at, counted up to one more than MOST_COUNTED."""
    work.require(P.ORG_READ)
    some = _own(work).where(col(Notification.read_at).is_(None)).limit(MOST_COUNTED + 1).subquery()
    return work.db.exec(select(func.count()).select_from(some)).one()


def mark_read(work: UnitOfWork, notification_id: UUID) -> None:
    """One of one's own; once is enough. Raises NotFound."""
    work.require(P.ORG_READ)
    row = work.db.exec(_own(work).where(col(Notification.id) == notification_id).with_for_update()).first()
    if row is None:
        raise NotFound("notification")
    if row.read_at is None:
        row.read_at = work.now
        _tell_own_tabs(work)


def mark_all_read(work: UnitOfWork) -> int:
    """Everything up to now; how many there were."""
    work.require(P.ORG_READ)
    marked = work.db.execute(
        update(Notification)
        .where(
            col(Notification.org_id) == work.actor.org_id,
            col(Notification.user_id) == work.member.user_id,
            col(Notification.channel) == "in_app",
            col(Notification.read_at).is_(None),
        )
        .values(read_at=work.now)
        .returning(col(Notification.id))
    ).all()
    if marked:
        _tell_own_tabs(work)
    return len(marked)


def _own(work: UnitOfWork) -> SelectOfScalar[Notification]:
    return select(Notification).where(
        col(Notification.org_id) == work.actor.org_id,
        col(Notification.user_id) == work.member.user_id,
        col(Notification.channel) == "in_app",
    )


def _row(work: UnitOfWork, row: Notification, org: str) -> FeedRow:
    kind = KINDS[row.kind]
    return FeedRow(
        id=str(row.id),
        words=subject(row.kind, {"org": org, **row.payload}),
        hue=kind.pill.value,
        word=kind.word,
        href=notifications.url_of(row).removeprefix(settings().base_url),
        at=shown(work, row.created_at),
        is_unread=row.read_at is None,
    )


def _tell_own_tabs(work: UnitOfWork) -> None:
    work.after_commit(partial(changes.announce, f"user:{work.member.user_id}"))
