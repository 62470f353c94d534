"""What Settings › Plan shows, and the line on top of every page when something about the plan is urgent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Subscription
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services import limits, tiers
from contractflow.services.plans.changing import agreed, why_no_change
from contractflow.services.plans.costs import amount, holds, money
from contractflow.services.plans.rows import READS_ONLY, WARNING, current, day, is_at_paddle
from contractflow.services.tiers import Tier
from contractflow.workflows.billing import SubscriptionStatus as S

USED = {"seats": "Seats", "drafts": "AI drafts this month", "documents": "Active documents"}
CHOOSE_BY_THEN = (
    "Choose a plan by then; afterwards the organisation only reads until you do. No card is needed before."
)
ONLY_READS = (
    "Everything can be read and exported. Clients go on signing and paying, and what they pay can be recorded. "
    "Nothing new can be made until the owner chooses a plan."
)


@dataclass(frozen=True)
class Banner:
    """`level` is warning or error; all empty when nothing is urgent."""

    level: str = ""
    title: str = ""
    words: str = ""


@dataclass(frozen=True)
class UseRow:
    """“3 of 10”; `share` is how much of it in percent, -1 without a limit."""

    label: str
    words: str
    share: int
    is_full: bool


@dataclass(frozen=True)
class TierRow:
    """One that is for sale. `verb` is what the button says, empty for the present one; `why_not` blocks it."""

    key: str
    interval: str
    name: str
    price: str
    per: str
    holds: list[str]
    verb: str = ""
    why_not: str = ""
    is_current: bool = False
    is_tried: bool = False


@dataclass(frozen=True)
class PlanPage:
    """`why_not` is the sentence for who may only look; `agreed` what is to become of the plan."""

    is_billed: bool = False
    status: str = ""
    tier: str = ""
    price: str = ""
    lead: str = ""
    next_bill: str = ""
    agreed: str = ""
    is_at_paddle: bool = False
    is_past_due: bool = False
    is_yearly: bool = False
    can_cancel: bool = False
    can_keep: bool = False
    has_bills: bool = False
    why_not: str = ""
    uses: list[UseRow] = field(default_factory=list)
    monthly: list[TierRow] = field(default_factory=list)
    yearly: list[TierRow] = field(default_factory=list)


def plan_page(work: UnitOfWork) -> PlanPage:
    """The plan of the organisation, what of it is used, and what else there is."""
    work.require(P.SAAS_BILLING_READ)
    plan, refused = current(work), why_not(work.actor, P.SAAS_BILLING_MANAGE)
    uses = [_use(work, name) for name in USED]
    if plan is None or not tiers.is_billed():
        tier = tiers.in_force(plan.tier if plan else None)
        bare = PlanPage(tiers.is_billed(), tier=tier.name, uses=uses, why_not=refused)
        return replace(bare, monthly=_for_sale(None, tiers.MONTH), yearly=_for_sale(None, tiers.YEAR))
    ends = (plan.scheduled_change or {}).get("action") == "cancel"
    billed = is_at_paddle(plan)
    return PlanPage(
        is_billed=True,
        status=str(plan.status),
        tier=tiers.named(plan.tier).name,
        price=_price(plan),
        lead=_lead(plan),
        next_bill=_next_bill(plan),
        agreed=f"The plan {agreed(plan.scheduled_change)}." if plan.scheduled_change else "",
        is_at_paddle=billed,
        is_yearly=billed and plan.interval == tiers.YEAR,
        is_past_due=billed and plan.status in (S.PAST_DUE, S.READ_ONLY),
        can_cancel=billed and not ends and not refused,
        can_keep=billed and bool(plan.scheduled_change) and not refused,
        has_bills=plan.paddle_subscription_id is not None,
        why_not=refused,
        uses=uses,
        monthly=_for_sale(plan, tiers.MONTH),
        yearly=_for_sale(plan, tiers.YEAR),
    )


def banner(work: UnitOfWork) -> Banner:
    """What everybody in the organisation should know about its plan now."""
    work.require(P.ORG_READ)
    plan = current(work) if tiers.is_billed() else None
    if plan is None:
        return Banner()
    if plan.status in READS_ONLY:
        return Banner("error", "This organisation only reads", f"{_over(plan)} {ONLY_READS}")
    if plan.status is S.PAST_DUE:
        words = f"Everything works until {day(plan.grace_ends_at)}. Pay until then, or this organisation only reads."
        return Banner("error", "The last payment for the plan failed", words)
    if plan.status is S.TRIALING and plan.trial_ends_at and plan.trial_ends_at - WARNING <= work.now:
        words = "Choose a plan until then to go on; afterwards this organisation only reads."
        return Banner("warning", f"The trial ends on {day(plan.trial_ends_at)}", words)
    return Banner()


def _use(work: UnitOfWork, name: str) -> UseRow:
    use = limits.use_of(work, name)
    if use.limit is None:
        return UseRow(USED[name], f"{use.used:,}, without a limit", -1, is_full=False)
    share = min(100, round(100 * use.used / use.limit)) if use.limit else 100
    return UseRow(USED[name], f"{use.used:,} of {use.limit:,}", share, is_full=not use.has_room)


def _over(plan: Subscription) -> str:
    if plan.status is S.PAUSED:
        return "The plan is paused."
    if plan.status is S.CANCELED:
        return "The plan has ended."
    return "The last payment failed." if plan.past_due_since else "The trial is over."


def _lead(plan: Subscription) -> str:
    match plan.status:
        case S.TRIALING:
            if plan.trial_ends_at is None:
                return "Trial without an end."
            return f"Trial until {day(plan.trial_ends_at)}. {CHOOSE_BY_THEN}"
        case S.PAST_DUE:
            return f"The last payment failed. Everything works until {day(plan.grace_ends_at)}."
        case S.ACTIVE if not is_at_paddle(plan):
            return "Nobody is billed for it."
        case S.ACTIVE:
            return f"Paid until {day(plan.period_end)}."
    return f"{_over(plan)} {ONLY_READS}"


def _price(plan: Subscription) -> str:
    if not is_at_paddle(plan) or not plan.interval:
        return ""
    tier = tiers.named(plan.tier)
    return f"{money(amount(tier, plan.interval))} a {plan.interval}"


def _next_bill(plan: Subscription) -> str:
    if plan.next_bill_at is None or plan.next_bill_minor is None or not plan.bill_currency:
        return ""
    return f"{format_money(plan.next_bill_minor, plan.bill_currency)} on {day(plan.next_bill_at)}"


def _for_sale(plan: Subscription | None, interval: str) -> list[TierRow]:
    return [_row(plan, tier, interval) for tier in tiers.TIERS if tiers.price_of(tier.key, interval)]


def _row(plan: Subscription | None, tier: Tier, interval: str) -> TierRow:
    billed = plan is not None and is_at_paddle(plan)
    is_current = plan is not None and billed and (plan.tier, plan.interval) == (tier.key, interval)
    return TierRow(
        key=tier.key,
        interval=interval,
        name=tier.name,
        price=money(amount(tier, interval)),
        per=f"a {interval}",
        holds=holds(tier),
        verb="" if is_current else _verb(plan, tier, interval) if plan and billed else f"Choose {tier.name}",
        why_not=why_no_change(plan, tier.key, interval) if plan and billed and not is_current else "",
        is_current=is_current,
        is_tried=plan is not None and plan.status == S.TRIALING and plan.tier == tier.key,
    )


def _verb(plan: Subscription, tier: Tier, interval: str) -> str:
    if tier.key == plan.tier:
        return "Pay by the year" if interval == tiers.YEAR else "Pay by the month"
    return (
        f"Upgrade to {tier.name}"
        if tiers.rank(tier.key) > tiers.rank(plan.tier)
        else f"Change to {tier.name}"
    )
