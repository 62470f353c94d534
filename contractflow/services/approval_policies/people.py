"""Who a step can name: everybody active whose role lets them approve."""

from __future__ import annotations

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Membership
from contractflow.permissions import GRANTS, Role
from contractflow.permissions import Permission as P

APPROVERS = [role for role in Role if role.value >= GRANTS[P.DOCUMENT_APPROVE].least.value]
MOST = 200


def names_of(work: UnitOfWork) -> dict[str, str]:
    """The name of every member who may approve, by the id of the membership, by name."""
    work.require(P.MEMBER_READ)
    query = (
        select(Membership.id, AppUser.name)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(
            col(Membership.org_id) == work.actor.org_id,
            col(Membership.status) == "active",
            col(Membership.role).in_(APPROVERS),
        )
        .order_by(col(AppUser.name), col(Membership.id))
        .limit(MOST)
    )
    return {str(member_id): name for member_id, name in work.db.exec(query)}
