"""Our row follows what Paddle says of a subscription. What it said earlier, and what it says of another one, changes nothing."""

from __future__ import annotations

import logging
from typing import Any

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.payments.plans import SaidPlan
from contractflow.models import Org, Subscription
from contractflow.permissions import Permission as P
from contractflow.services import tiers
from contractflow.services.moving import locked, move
from contractflow.services.plans.changing import agreed
from contractflow.services.plans.rows import GRACE, current, day, fresh, is_at_paddle, next_look, own_org
from contractflow.services.plans.telling import tell_owner
from contractflow.workflows.billing import SUBSCRIPTION
from contractflow.workflows.billing import SubscriptionStatus as S

log = logging.getLogger(__name__)

_STATUS = {
    "active": (S.ACTIVE, "activate"),
    "trialing": (S.ACTIVE, "activate"),
    "past_due": (S.PAST_DUE, "lapse"),
    "paused": (S.PAUSED, "pause"),
    "canceled": (S.CANCELED, "cancel"),
}


def follow(work: UnitOfWork, said: SaidPlan) -> None:
    """Bring the plan of the organisation that acts in line with what Paddle says. Twice is the same as once."""
    locked(work, Org, own_org(work), "organisation")
    plan = current(work, locked=True) or fresh(work)
    if said.status not in _STATUS:
        log.error("paddle says %r of subscription %s", said.status, said.ref)
    elif _is_about(work, plan, said):
        _apply(work, plan, said)


def followed(work: UnitOfWork, said: SaidPlan) -> None:
    """`follow`, for what the owner has just done at Paddle."""
    work.require(P.SAAS_BILLING_MANAGE)
    follow(work, said)


def _is_about(work: UnitOfWork, plan: Subscription, said: SaidPlan) -> bool:
    """Whether it is news of this plan; the first one of a new subscription makes it this plan's."""
    if plan.paddle_subscription_id == said.ref:
        return plan.last_event_at is None or said.changed_at >= plan.last_event_at
    if said.status == "canceled":
        return False
    if is_at_paddle(plan):
        log.error("organisation %s has a second subscription: %s", plan.org_id, said.ref)
        work.record("subscription:surplus", "subscription", plan.id, by=work.system("paddle"), ref=said.ref)
        return False
    plan.paddle_subscription_id = said.ref
    plan.last_event_at = None
    return True


def _apply(work: UnitOfWork, plan: Subscription, said: SaidPlan) -> None:
    was = plan.status
    _move(work, plan, said)
    _note(work, plan, said)
    _tier(work, plan, said, is_first=was is not S.ACTIVE and plan.status is S.ACTIVE)
    plan.paddle_customer_id = said.customer_ref
    plan.next_bill_at, plan.next_bill_minor = said.next_bill_at, said.next_bill_minor
    plan.bill_currency, plan.last_event_at, plan.looks = said.currency, said.changed_at, 0
    plan.next_look_at = next_look(plan, work.now)


def _move(work: UnitOfWork, plan: Subscription, said: SaidPlan) -> None:
    target, verb = _STATUS[said.status]
    if plan.status is target or ((plan.status, target) == (S.READ_ONLY, S.PAST_DUE) and plan.past_due_since):
        return
    move(work, plan, SUBSCRIPTION, verb, by=work.system("paddle"), ref=said.ref)
    once = f"{said.ref}:{said.changed_at.isoformat()}"
    if target is S.PAST_DUE:
        plan.past_due_since, plan.grace_ends_at = work.now, work.now + GRACE
        tell_owner(work, "plan_payment_failed", once, until=day(plan.grace_ends_at))
    elif target is S.ACTIVE:
        plan.past_due_since = plan.grace_ends_at = plan.trial_ends_at = plan.checkout = None
    elif target is S.CANCELED:
        tell_owner(work, "plan_ended", once, tier=tiers.named(plan.tier).name)


def _note(work: UnitOfWork, plan: Subscription, said: SaidPlan) -> None:
    """What is agreed for later, and the period. The trail says when that changes, and who changed it."""
    later = _later(said)
    if plan.scheduled_change != later:
        words = _said_later(plan.scheduled_change), _said_later(later)
        work.record("subscription:schedule", "subscription", plan.id, changes={"later": words})
        if later is None:
            plan.ends_with_org = False
    plan.scheduled_change = later
    if said.period_end:  # an ended one has none; ours stays as it was
        plan.period_start, plan.period_end = said.period_start, said.period_end


def _tier(work: UnitOfWork, plan: Subscription, said: SaidPlan, *, is_first: bool) -> None:
    sold = tiers.bought(said.price)
    if sold is None:
        log.error("subscription %s is over a price that is none of ours: %s", said.ref, said.price)
        return
    tier, plan.interval = said.held.tier if said.held else sold[0], sold[1]
    if tier == plan.tier and not is_first:
        return
    before, plan.tier, plan.seats = plan.tier, tier, tiers.seats_of(tier)
    if tier != before:
        work.record("subscription:change", "subscription", plan.id, changes={"tier": (before, tier)})
    if plan.status is S.ACTIVE:
        once = f"{said.ref}:{tier}:{said.changed_at.isoformat()}"
        tell_owner(work, "plan_changed", once, tier=tiers.named(tier).name)


def _later(said: SaidPlan) -> dict[str, Any] | None:
    if said.ends_at:
        return {"action": "cancel", "at": said.ends_at.isoformat()}
    if said.held and (sold := tiers.bought(said.price)):
        return {"action": "change", "tier": sold[0], "at": said.held.until.isoformat()}
    return None


def _said_later(later: dict[str, Any] | None) -> str:
    return agreed(later) if later else "goes on"
