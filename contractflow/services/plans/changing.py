"""What the owner may ask Paddle to do with the plan: another tier, the end of it, keeping it. Each says what to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.integrations.payments.plans import Held
from contractflow.models import Org, Subscription
from contractflow.permissions import Permission as P
from contractflow.services import limits, tiers
from contractflow.services.moving import locked
from contractflow.services.plans.rows import current, day, is_at_paddle
from contractflow.workflows.billing import SubscriptionStatus as S

COUNTED = {
    "seats": "{used} seats are taken, {tier} has {limit}",
    "documents": "{used} documents are active, {tier} holds {limit}",
}


@dataclass(frozen=True)
class Change:
    """`held` is what is kept until the paid time is over, for a smaller plan; without it the change is at once."""

    ref: str
    price: str
    held: Held | None = None


@dataclass(frozen=True)
class Billed:
    """Who pays, and the subscription, as Paddle names them."""

    customer_ref: str
    ref: str


def may_change(work: UnitOfWork, tier: str, interval: str) -> Change:
    """Change the plan: a larger one at once, a smaller one when the paid time is over.

    Raises Invalid for what is not for sale, IllegalMove with the reason otherwise.
    """
    work.require(P.SAAS_BILLING_MANAGE)
    price = tiers.price_of(tier, interval)
    if price is None:
        raise Invalid("This plan is not for sale here. Choose another one.", "tier")
    plan, ref = _billed(work)
    if refused := why_no_change(plan, tier, interval):
        raise IllegalMove(refused)
    if tiers.rank(tier) >= tiers.rank(plan.tier):
        return Change(ref, price)
    if over := what_is_over(work, tier):
        raise IllegalMove(f"{over}. Make room first, then the plan can become smaller.")
    assert plan.period_end is not None  # noqa: S101  what Paddle bills has a period
    return Change(ref, price, Held(plan.tier, plan.period_end))


def may_cancel(work: UnitOfWork) -> str:
    """End the plan with the time that is paid for: of which subscription. Raises IllegalMove."""
    work.require(P.SAAS_BILLING_MANAGE)
    _, ref = _billed(work)
    return ref


def may_keep(work: UnitOfWork) -> Change | str:
    """Take back what is agreed for later: an end (of which subscription), or a smaller plan. Raises IllegalMove."""
    work.require(P.SAAS_BILLING_MANAGE)
    plan, ref = _billed(work)
    if (plan.scheduled_change or {}).get("action") != "change":
        return ref
    price = tiers.price_of(plan.tier, plan.interval or "")
    if price is None:
        raise IllegalMove("This plan is no longer for sale.")
    return Change(ref, price)


def may_pay(work: UnitOfWork) -> Billed:
    """Give another card, or see what Paddle keeps. Raises IllegalMove."""
    work.require(P.SAAS_BILLING_MANAGE)
    plan, ref = _billed(work)
    return Billed(plan.paddle_customer_id or "", ref)


def billed_as(work: UnitOfWork) -> str:
    """The last subscription whose bills there are; empty when there never was one."""
    work.require(P.SAAS_BILLING_READ)
    plan = current(work)
    return (plan.paddle_subscription_id or "") if plan else ""


def why_no_change(plan: Subscription, tier: str, interval: str) -> str:
    """Why this plan cannot become that one now; empty when it can."""
    if plan.status is not S.ACTIVE:
        return "Pay what is past due first." if plan.status is S.PAST_DUE else "The plan is not active."
    later = plan.scheduled_change
    if later:
        return f"It is agreed that the plan {agreed(later)}. Keep the present plan first, then change it."
    if (tier, interval) == (plan.tier, plan.interval):
        return "This is your plan."
    if plan.interval == tiers.YEAR and interval == tiers.MONTH:
        until = day(plan.period_end)
        return f"The year is paid until {until}. Until then it can become a larger plan by the year, or be cancelled."
    if plan.interval != interval and tiers.rank(tier) < tiers.rank(plan.tier):
        return "Choose the smaller plan by the month first; by the year once it has begun."
    return ""


def what_is_over(work: UnitOfWork, tier: str) -> str:
    """What does not fit the limits of a tier, in one sentence without its end; empty when everything does."""
    wanted, found = tiers.named(tier), []
    for name, words in COUNTED.items():
        use = limits.use_of(work, name)
        limit = limits.limit_in(work, wanted, name)
        if limit is not None and use.used > limit:
            found.append(words.format(used=f"{use.used:,}", limit=f"{limit:,}", tier=wanted.name))
    return ", and ".join(found)


def agreed(later: dict[str, Any]) -> str:
    """What is agreed for later, after "the plan"."""
    on = day(datetime.fromisoformat(later["at"]))
    return (
        f"ends on {on}"
        if later["action"] == "cancel"
        else f"becomes {tiers.named(later['tier']).name} on {on}"
    )


def _billed(work: UnitOfWork) -> tuple[Subscription, str]:
    """The plan that Paddle bills, locked. Raises IllegalMove where it bills none."""
    locked(work, Org, work.member.org_id, "organisation")
    plan = current(work, locked=True)
    if plan is None:
        raise NotFound("plan")
    if not is_at_paddle(plan) or plan.paddle_subscription_id is None:
        raise IllegalMove("Nobody is billed for this plan. Choose one first.")
    return plan, plan.paddle_subscription_id
