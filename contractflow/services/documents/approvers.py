"""Who may approve a document: whom its policy names, else the owner and the admins; but never its author."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Document, Membership
from contractflow.permissions import Role
from contractflow.services.approval_policies.people import APPROVERS
from contractflow.services.approval_policies.steps import Step

MOST = 100
LEADERS = (Role.OWNER, Role.ADMIN)
Person = tuple[Membership, AppUser]
SelectOfPeople = Select[Membership, AppUser]


def eligible(work: UnitOfWork, document: Document) -> list[Person]:
    """The owner and the admins, who stand in wherever nobody else is left."""
    return _people(work, document, col(Membership.role).in_(LEADERS))


def named(work: UnitOfWork, document: Document, step: Step) -> list[Person]:
    """Whom the step names, of those who are there and may approve."""
    roles = [Role.named(role) for role in step.roles]
    people = [UUID(one) for one in step.people]
    return _people(work, document, or_(col(Membership.role).in_(roles), col(Membership.id).in_(people)))


def possible(work: UnitOfWork, document: Document) -> list[Person]:
    """Everybody whom somebody else can ask instead."""
    return _people(work, document)


def leaders(work: UnitOfWork, document: Document) -> list[Person]:
    """The owner and the admins, its author too: who is told that something waits."""
    query = _in_org(document).where(col(Membership.role).in_(LEADERS))
    return list(work.db.exec(query))


def is_anybody_eligible(work: UnitOfWork, document: Document) -> bool:
    query = select(Membership.id).where(*_may_approve(document), col(Membership.role).in_(LEADERS))
    return work.db.scalar(query.limit(1)) is not None


def _people(work: UnitOfWork, document: Document, *which: ColumnElement[bool]) -> list[Person]:
    return list(work.db.exec(_in_org(document).where(*_may_approve(document), *which)))


def _in_org(document: Document) -> SelectOfPeople:
    return (
        select(Membership, AppUser)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(Membership.org_id) == document.org_id, col(Membership.status) == "active")
        .order_by(col(AppUser.name), col(Membership.id))
        .limit(MOST)
    )


def _may_approve(document: Document) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Membership.org_id) == document.org_id,
        col(Membership.status) == "active",
        col(Membership.role).in_(APPROVERS),
        col(Membership.user_id) != document.created_by,
    )
