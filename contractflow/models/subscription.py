"""The organisation's own plan."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from contractflow.models.columns import (
    Created,
    OfOrg,
    currency_code,
    default,
    in_org,
    is_currency,
    is_positive,
    json_object,
    minor,
    one_of,
    stored,
)
from contractflow.workflows.billing import SubscriptionStatus


class Subscription(Created, OfOrg, table=True):
    """The organisation's own plan; at most one that is not cancelled."""

    __tablename__ = "subscription"
    __table_args__ = (
        in_org(),
        is_positive("seats"),
        is_currency("bill_currency"),
        Index(
            "ix_subscription_next_look_at", "next_look_at", postgresql_where=text("next_look_at IS NOT NULL")
        ),
        Index("uq_subscription_live", "org_id", unique=True, postgresql_where=text("status <> 'canceled'")),
    )

    tier: str = Field(sa_type=one_of("tier", "starter", "growth", "scale"))
    interval: str | None = Field(default=None, sa_type=one_of("interval", "month", "year"))
    """How often Paddle bills it; empty while nobody is billed."""
    status: SubscriptionStatus = Field(
        default=SubscriptionStatus.TRIALING,
        sa_type=stored(SubscriptionStatus, "status"),
        sa_column_kwargs=default("trialing"),
    )
    seats: int
    paddle_customer_id: str | None = None
    paddle_subscription_id: str | None = Field(default=None, unique=True)
    paddle_price_id: str | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    trial_ends_at: datetime | None = None
    past_due_since: datetime | None = None
    grace_ends_at: datetime | None = None
    next_bill_at: datetime | None = None
    next_bill_minor: int | None = Field(default=None, sa_type=minor())
    bill_currency: str | None = Field(default=None, sa_type=currency_code())
    scheduled_change: dict[str, Any] | None = Field(default=None, sa_type=json_object())
    """What is agreed for later, as Paddle says it: {"action": "cancel"} or {"action": "change", "tier"}, with "at"."""
    checkout: dict[str, Any] | None = Field(default=None, sa_type=json_object())
    """The order that waits to be paid: {"id", "tier", "interval", "at", "ref", "opening", "earlier"}."""
    last_event_at: datetime | None = None
    """When Paddle last changed what was applied here; what it said before that changes nothing."""
    warned_at: datetime | None = None
    """When the owner was told that the trial is about to end."""
    ends_with_org: bool = Field(default=False, sa_column_kwargs=default(value=False))
    """It was cancelled because the organisation is being deleted: who keeps the one keeps the other."""
    next_look_at: datetime | None = None
    """When time changes something about it, or Paddle is to be asked again."""
    looks: int = Field(default=0, sa_column_kwargs=default(0))
    """How often Paddle did not answer in a row."""
