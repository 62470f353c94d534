"""The organisation's own plan."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from contractflow.models.columns import (
    Created,
    OfOrg,
    default,
    in_org,
    is_positive,
    json_object,
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
        Index("uq_subscription_live", "org_id", unique=True, postgresql_where=text("status <> 'canceled'")),
    )

    tier: str = Field(sa_type=one_of("tier", "starter", "growth", "scale"))
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
    scheduled_change: dict[str, Any] | None = Field(default=None, sa_type=json_object())
    last_event_at: datetime | None = None
    """When the newest applied event of the provider occurred; older ones change nothing."""
