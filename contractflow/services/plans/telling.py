"""The mails about a plan: to the owner, who alone can do something about it."""

from __future__ import annotations

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Membership, Org
from contractflow.permissions import Role
from contractflow.services import notifications
from contractflow.workflows.membership import MembershipStatus


def tell_owner(work: UnitOfWork, kind: str, once: str, **facts: str) -> None:
    """Mail `kind` to the owner; twice with the same `once` is once. Nobody is told of an organisation that is gone."""
    owner = (
        select(AppUser, Org.name)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .join(Org, col(Org.id) == Membership.org_id)
        .where(
            col(Membership.org_id) == work.actor.org_id,
            col(Membership.role) == Role.OWNER,
            col(Membership.status) == MembershipStatus.ACTIVE,
            col(Org.deleted_at).is_(None),
        )
    )
    for person, org in work.db.exec(owner):
        notifications.queue(
            work,
            kind,
            recipient=person.email,
            user_id=person.id,
            document_id=None,
            dedupe_key=f"{kind}:{work.actor.org_id}:{once}",
            name=person.name,
            org=org,
            **dict[str, object](facts),
        )
