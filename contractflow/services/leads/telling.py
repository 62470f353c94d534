"""Who hears of a lead: whoever it was given to, else the owner of the organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Lead, Membership, Org
from contractflow.permissions import Role
from contractflow.services import notifications

EXCERPT = 500


def arrived(work: UnitOfWork, lead: Lead, org: Org) -> None:
    """Mail the lead to its assignee, or to the owner while it has none."""
    person = _member(work, lead.assigned_to) if lead.assigned_to else _owner(work)
    if person is not None:
        _tell(work, "lead_arrived", person, lead, org, f"lead_arrived:{lead.id}")


def assigned(work: UnitOfWork, lead: Lead, membership_id: UUID) -> None:
    """Mail whoever was given the lead, unless they took it themselves."""
    person = _member(work, membership_id)
    if person is None or membership_id == work.member.membership_id:
        return
    org, key = (
        work.db.get_one(Org, lead.org_id),
        f"lead_assigned:{lead.id}:{membership_id}:{work.now.isoformat()}",
    )
    _tell(work, "lead_assigned", person, lead, org, key, actor=work.member.name)


def _tell(work: UnitOfWork, kind: str, person: AppUser, lead: Lead, org: Org, key: str, **facts: Any) -> None:
    notifications.queue(
        work,
        kind,
        recipient=person.email,
        user_id=person.id,
        dedupe_key=key,
        name=person.name,
        org=org.name,
        lead=lead.name,
        company=lead.company or "",
        message=(lead.message or "")[:EXCERPT],
        lead_id=str(lead.id),
        **facts,
    )


def _member(work: UnitOfWork, membership_id: UUID) -> AppUser | None:
    return work.db.exec(_people().where(col(Membership.id) == membership_id)).first()


def _owner(work: UnitOfWork) -> AppUser | None:
    return work.db.exec(_people().where(col(Membership.role) == Role.OWNER).limit(1)).first()


def _people() -> SelectOfScalar[AppUser]:
    return (
        select(AppUser)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(col(Membership.status) == "active")
    )
