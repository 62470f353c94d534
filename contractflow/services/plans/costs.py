"""What tiers hold and cost, in words: on their cards, in the question before a change, and on the bills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.payments.plans import Bill, CostOfChange
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.services import tiers
from contractflow.services.plans.rows import current, day
from contractflow.services.tiers import Tier

BILL_STATES = {"completed": "paid", "paid": "paid", "billed": "open", "past_due": "overdue"}


@dataclass(frozen=True)
class Cost:
    """What is asked before a plan is changed. `now` and `then` are sentences; `done` is what is said afterwards."""

    tier: str = ""
    interval: str = ""
    title: str = ""
    now: str = ""
    then: str = ""
    verb: str = ""
    done: str = ""


@dataclass(frozen=True)
class BillRow:
    """`state` is a pill of invoices; without a `number` there is no receipt yet."""

    ref: str
    number: str
    day: str
    amount: str
    state: str


def shown_cost(work: UnitOfWork, tier: str, interval: str, cost: CostOfChange | None) -> Cost:
    """The question before a change, with what Paddle says it costs; None for a smaller plan, which waits."""
    work.require(P.SAAS_BILLING_MANAGE)
    name, plan = tiers.named(tier).name, current(work)
    if cost is None:
        on, price = day(plan.period_end if plan else None), money(amount(tiers.named(tier), interval))
        return Cost(
            tier,
            interval,
            f"Change to {name}?",
            f"Nothing is charged now. Everything stays as it is until {on}.",
            f"From then on it is {name}, for {price} a {interval}. You can take it back until then.",
            f"Change to {name}",
            f"Agreed. The plan becomes {name} on {on}.",
        )
    then = f"Then {format_money(cost.then_minor, cost.currency)} a {interval}"
    on = f", next on {day(cost.then_at)}" if cost.then_at else ""
    return Cost(
        tier,
        interval,
        f"Change to {name}, by the {interval}?",
        _due(cost),
        f"{then}{on}.",
        f"Change to {name}",
        f"This is the {name} plan now.",
    )


def bill_rows(bills: Sequence[Bill]) -> list[BillRow]:
    """As the page shows them."""
    return [
        BillRow(
            ref=bill.ref,
            number=bill.number,
            day=day(bill.billed_at),
            amount=format_money(bill.amount_minor, bill.currency),
            state=BILL_STATES.get(bill.status, "open"),
        )
        for bill in bills
        if bill.amount_minor or bill.number
    ]


def holds(tier: Tier) -> list[str]:
    """What a tier holds, as its card says it."""
    steps = {None: "Any number of approval steps", 1: "One approval step"}
    extras = ((tier.has_branding, "Your logo and colour"), (tier.has_api, "API and webhooks"))
    return [
        f"{tier.seats} people",
        f"{tier.drafts:,} AI drafts a month, {tier.drafts_at_once} at a time",
        f"{tier.documents:,} active documents" if tier.documents else "Unlimited documents",
        steps.get(tier.approval_steps, f"{tier.approval_steps} approval steps"),
        *[words for has, words in extras if has],
    ]


def amount(tier: Tier, interval: str) -> int:
    return tier.yearly_minor if interval == tiers.YEAR else tier.monthly_minor


def money(minor: int) -> str:
    return format_money(minor, tiers.CURRENCY).removesuffix(".00")


def _due(cost: CostOfChange) -> str:
    money_now = format_money(abs(cost.due_now_minor), cost.currency)
    if cost.due_now_minor < 0:
        return f"Nothing is charged now: {money_now} of what was paid counts towards the next bills."
    return f"{money_now} is charged now, for the time until the next bill, less what was paid for it already."
