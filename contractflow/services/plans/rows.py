"""The one row that says what an organisation has: the plan that lives, else the last one there was."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.models import Subscription
from contractflow.models.columns import uuid7
from contractflow.permissions import Signer
from contractflow.services import tiers
from contractflow.workflows.billing import SubscriptionStatus as S

WARNING = timedelta(days=3)
"""How long before its end a trial is said to end."""
GRACE = timedelta(days=tiers.GRACE_DAYS)
_SETTLES = timedelta(hours=1)
"""After a period, how long Paddle may take to say what became of it before it is asked."""

READS_ONLY = (S.PAUSED, S.READ_ONLY, S.CANCELED)


def current(work: UnitOfWork, *, locked: bool = False) -> Subscription | None:
    """The plan of the organisation that acts; `locked` for who is about to change it."""
    query = (
        select(Subscription)
        .where(col(Subscription.org_id) == work.actor.org_id)
        .order_by(col(Subscription.status) == S.CANCELED, col(Subscription.created_at).desc())
        .limit(1)
    )
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return work.db.exec(query).first()


def is_at_paddle(plan: Subscription) -> bool:
    """Whether Paddle bills it, or waits for the money."""
    return plan.paddle_subscription_id is not None and plan.status is not S.CANCELED


def own_org(work: UnitOfWork) -> UUID:
    """The organisation whose plan it is. Raises NotAllowed for who acts for none, and for its clients."""
    if work.actor.org_id is None or isinstance(work.actor, Signer):
        raise NotAllowed("That is not yours to do.")
    return work.actor.org_id


def fresh(work: UnitOfWork) -> Subscription:
    """A plan for an organisation that never had one: from before there were plans."""
    tier = tiers.TIERS[0].key
    plan = Subscription(id=uuid7(), org_id=own_org(work), tier=tier, seats=tiers.seats_of(tier))
    work.db.add(plan)
    work.db.flush()
    return plan


def day(at: datetime | None) -> str:
    """“3 December 2026”."""
    return f"{at:%d %B %Y}".lstrip("0") if at else ""


def look_soon(work: UnitOfWork) -> None:
    """Something has happened to the organisation that its plan has to follow."""
    if plan := current(work, locked=True):
        plan.next_look_at = work.now


def next_look(plan: Subscription, now: datetime) -> datetime | None:
    """When time brings about the next change; None when nothing does."""
    if plan.status is S.TRIALING and plan.trial_ends_at:
        return plan.trial_ends_at if plan.warned_at else plan.trial_ends_at - WARNING
    if plan.status is S.PAST_DUE:
        return plan.grace_ends_at
    if plan.status is S.ACTIVE and plan.paddle_subscription_id and plan.period_end:
        return max(plan.period_end, now) + _SETTLES
    return None
