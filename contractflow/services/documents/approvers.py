"""Who may approve a document: the owner and the admins of the organisation, but never its author."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Document, Membership
from contractflow.permissions import Role

MOST = 100


def eligible(work: UnitOfWork, document: Document) -> list[tuple[Membership, AppUser]]:
    query = (
        select(Membership, AppUser)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(*_may_approve(document))
        .order_by(col(AppUser.name), col(Membership.id))
        .limit(MOST)
    )
    return list(work.db.exec(query))


def is_anybody_eligible(work: UnitOfWork, document: Document) -> bool:
    return work.db.scalar(select(Membership.id).where(*_may_approve(document)).limit(1)) is not None


def _may_approve(document: Document) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Membership.org_id) == document.org_id,
        col(Membership.status) == "active",
        col(Membership.role).in_([Role.OWNER, Role.ADMIN]),
        col(Membership.user_id) != document.created_by,
    )
