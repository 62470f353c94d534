"""Telling the Admins that a program of theirs does not answer: in the feed and by mail, once a day for each endpoint."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Endpoint, Membership, Org
from contractflow.permissions import GRANTS, Role
from contractflow.permissions import Permission as P
from contractflow.services import notifications
from contractflow.workflows.membership import MembershipStatus

WAITS = "What happens meanwhile waits for thirty days, and is sent when the plan allows it again."
ADMINS = [role for role in Role if role.value >= GRANTS[P.INTEGRATION_MANAGE].least.value]


def dead(work: UnitOfWork, endpoint: Endpoint, event: str) -> None:
    """A message was given up; more of the same day are in the log."""
    _tell(work, "endpoint_failing", endpoint, f"dead:{work.now:%Y-%m-%d}", event=event)


def paused(work: UnitOfWork, endpoint: Endpoint, why: str) -> None:
    _tell(work, "endpoint_paused", endpoint, f"paused:{work.now.isoformat()}", why=why)


def waits_for_plan(work: UnitOfWork, endpoint: Endpoint, why: str) -> None:
    """The plan sends no webhooks any more and there is something to send; said again in a month, if that is still so."""
    _tell(work, "endpoint_paused", endpoint, f"plan:{work.now:%Y-%m}", why=f"{why} {WAITS}")


def _tell(work: UnitOfWork, kind: str, endpoint: Endpoint, what: str, **facts: Any) -> None:
    org = work.db.get_one(Org, endpoint.org_id)
    admins = (
        select(AppUser)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .where(col(Membership.status) == MembershipStatus.ACTIVE, col(Membership.role).in_(ADMINS))
        .order_by(col(AppUser.id))
    )
    for person in work.db.exec(admins).all():
        notifications.queue(
            work,
            kind,
            recipient=person.email,
            user_id=person.id,
            dedupe_key=f"{kind}:{endpoint.id}:{what}:{person.id}",
            name=person.name,
            org=org.name,
            endpoint=endpoint.name,
            endpoint_id=endpoint.id,
            **facts,
        )
