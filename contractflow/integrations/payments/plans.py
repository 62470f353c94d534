"""What an organisation buys from us, in our own words: the order, what Paddle says of it, what a change would cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PlanOrder:
    """A checkout to open. `earlier` are transactions of orders that this one replaces."""

    order_id: UUID
    org_id: UUID
    price: str
    payer_name: str
    payer_email: str
    return_url: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """The tier that is paid for until `until`, while Paddle bills a smaller one from then on."""

    tier: str
    until: datetime


@dataclass(frozen=True)
class SaidPlan:
    """A subscription as Paddle says it is. `org_id` as we once sent it; `ends_at` when it is cancelled for later."""

    ref: str
    status: str
    org_id: str
    customer_ref: str
    price: str
    period_start: datetime | None
    period_end: datetime | None
    next_bill_at: datetime | None
    next_bill_minor: int | None
    currency: str
    ends_at: datetime | None
    held: Held | None
    changed_at: datetime


@dataclass(frozen=True)
class CostOfChange:
    """`due_now_minor` is charged when the change is confirmed; negative is credited to the next bills."""

    due_now_minor: int
    currency: str
    then_minor: int
    then_at: datetime | None


@dataclass(frozen=True)
class Bill:
    """One of ours to an organisation: `status` is Paddle's."""

    ref: str
    number: str
    billed_at: datetime | None
    amount_minor: int
    currency: str
    status: str
