"""The mail to somebody whose place in the organisation has changed."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Org
from contractflow.services import notifications


def tell(work: UnitOfWork, whom: AppUser, what: str, change: str) -> None:
    """Say in one sentence what changed; `what` tells one change from the other."""
    notifications.queue(
        work,
        "place_changed",
        recipient=whom.email,
        dedupe_key=f"place:{whom.id}:{what}:{work.now.isoformat()}",
        name=whom.name,
        org=org_name(work),
        actor=work.actor.name,
        change=change,
    )


def org_name(work: UnitOfWork) -> str:
    return work.db.get_one(Org, work.member.org_id).name
