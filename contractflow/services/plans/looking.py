"""What time brings: a trial and the days of grace end, and what is to be said to Paddle is said until it was heard."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.models import Org, Subscription
from contractflow.permissions import System
from contractflow.services import tiers
from contractflow.services.moving import locked, move
from contractflow.services.plans.rows import WARNING, current, day, is_at_paddle, next_look
from contractflow.services.plans.telling import tell_owner
from contractflow.workflows.billing import SUBSCRIPTION
from contractflow.workflows.billing import SubscriptionStatus as S

LEASE = timedelta(seconds=60)
"""How long one attempt may take; a worker that dies in the middle is followed by another one after it."""
_UNBILLED = timedelta(days=1)
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 6 * 3600.0  # seconds


class Ask(StrEnum):
    FETCH = "fetch"
    CANCEL = "cancel"
    CANCEL_NOW = "cancel_now"
    KEEP = "keep"


class Wish(NamedTuple):
    """What Paddle is to be asked for, of which subscription."""

    ask: Ask
    ref: str


def look(work: UnitOfWork) -> Wish | None:
    """Do what is due by now, and say what Paddle has to be asked for. Safe to run twice; for our worker."""
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    org = locked(work, Org, work.actor.org_id, "organisation")
    plan = current(work, locked=True)
    if plan is None or plan.next_look_at is None or plan.next_look_at > work.now:
        return None
    if not tiers.is_billed() and not is_at_paddle(plan):
        plan.next_look_at = work.now + _UNBILLED
        return None
    _end_what_is_over(work, org, plan)
    wish = _wish(work, org, plan)
    plan.next_look_at = work.now + LEASE if wish else next_look(plan, work.now)
    return wish


def postpone(work: UnitOfWork) -> None:
    """Paddle did not answer: later again, with full jitter, until it does. For our worker."""
    if not isinstance(work.actor, System):
        raise NotAllowed("That is not yours to do.")
    plan = current(work, locked=True)
    if plan is None:
        return
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(plan.looks, 20))
    plan.looks += 1
    plan.next_look_at = work.now + timedelta(seconds=secrets.SystemRandom().uniform(1, longest))


def _end_what_is_over(work: UnitOfWork, org: Org, plan: Subscription) -> None:
    if org.deleted_at and not plan.paddle_subscription_id and plan.status is not S.CANCELED:
        move(work, plan, SUBSCRIPTION, "cancel")
    elif plan.status is S.TRIALING and plan.trial_ends_at:
        _look_at_trial(work, plan, plan.trial_ends_at)
    elif plan.status is S.PAST_DUE and plan.grace_ends_at and plan.grace_ends_at <= work.now:
        move(work, plan, SUBSCRIPTION, "shut")
        tell_owner(
            work,
            "plan_read_only",
            f"{plan.id}:{plan.grace_ends_at.isoformat()}",
            why="the last payment failed",
        )


def _look_at_trial(work: UnitOfWork, plan: Subscription, ends: datetime) -> None:
    if ends <= work.now:
        move(work, plan, SUBSCRIPTION, "shut")
        tell_owner(work, "plan_read_only", f"{plan.id}:{ends.isoformat()}", why="the trial is over")
    elif ends - WARNING <= work.now and plan.warned_at is None:
        plan.warned_at = work.now
        once = f"{plan.id}:{ends.isoformat()}"
        tell_owner(work, "trial_ending", once, until=day(ends), tier=tiers.named(plan.tier).name)


def _wish(work: UnitOfWork, org: Org, plan: Subscription) -> Wish | None:
    ref = plan.paddle_subscription_id
    if ref is None or plan.status is S.CANCELED:
        return None
    ends = (plan.scheduled_change or {}).get("action") == "cancel"
    if org.deleted_at:
        return Wish(Ask.CANCEL_NOW, ref)
    if org.deletion_requested_at and not ends:
        plan.ends_with_org = True
        return Wish(Ask.CANCEL, ref)
    if not org.deletion_requested_at and ends and plan.ends_with_org:
        return Wish(Ask.KEEP, ref)
    is_late = plan.period_end is not None and plan.period_end <= work.now
    return Wish(Ask.FETCH, ref) if is_late or plan.looks else None
