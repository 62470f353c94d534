"""What other programs are told: where to, each message, each attempt."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_LIST,
    NOW,
    Created,
    OfOrg,
    Updated,
    belongs_to,
    default,
    in_org,
    is_not_negative,
    json_list,
    minor,
    now,
    one_of,
    prose,
    stored,
)
from contractflow.workflows.endpoint import EndpointStatus


class Endpoint(Updated, Created, OfOrg, table=True):
    """An address of somebody else's program, or a channel in Slack, and the events it chose."""

    __tablename__ = "endpoint"
    __table_args__ = (
        in_org(),
        is_not_negative("failures"),
        CheckConstraint("num_nonnulls(former_secret_enc, former_until) <> 1", name="former_secret_ends"),
        CheckConstraint(
            "status <> 'removed' OR num_nonnulls(target_enc, secret_enc, former_secret_enc) = 0",
            name="removed_keeps_no_secret",
        ),
        CheckConstraint(
            "status = 'removed' OR (target_enc IS NOT NULL AND (channel = 'webhook') = (secret_enc IS NOT NULL))",
            name="has_its_secrets",
        ),
    )

    channel: str = Field(sa_type=one_of("channel", "webhook", "slack"))
    name: str = Field(max_length=80)
    shown: str = Field(max_length=300)
    """The address as far as it is no secret."""
    target_enc: bytes | None = None
    """The whole address, locked (security.vault): who has Slack's may post, and others carry keys as well."""
    secret_enc: bytes | None = None
    former_secret_enc: bytes | None = None
    former_until: datetime | None = None
    """Until then messages are signed with the former secret as well."""
    events: list[str] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    status: EndpointStatus = Field(
        default=EndpointStatus.ACTIVE,
        sa_type=stored(EndpointStatus, "status"),
        sa_column_kwargs=default("active"),
    )
    why_paused: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    failures: int = Field(default=0, sa_column_kwargs=default(0))
    """In a row, of all its messages."""
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    succeeded_at: datetime | None = None


class Delivery(Created, OfOrg, table=True):
    """One message for one endpoint: the outbox, and afterwards the log, for thirty days."""

    __tablename__ = "delivery"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "endpoint_id", "seq"),
        belongs_to("endpoint", "endpoint_id"),
        belongs_to("audit_event", "seq", to=("seq",)),
        is_not_negative("attempts"),
        Index("ix_delivery_due", "next_attempt_at", postgresql_where=text("status = 'queued'")),
        Index("ix_delivery_log", "org_id", "endpoint_id", "id"),
        Index(None, "org_id", "seq"),
        Index("ix_delivery_old", "created_at"),
    )

    endpoint_id: UUID
    seq: int = Field(sa_type=minor())
    """The line of the audit trail it tells of."""
    event: str = Field(max_length=80)
    status: str = Field(
        default="queued",
        sa_type=one_of("status", "queued", "delivered", "dead"),
        sa_column_kwargs=default("queued"),
    )
    attempts: int = Field(default=0, sa_column_kwargs=default(0))
    """Since it was queued, by itself or again by hand."""
    next_attempt_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
    body: str | None = Field(default=None, sa_type=prose())
    """Written once, by the first attempt: a second one sends the same bytes."""
    finished_at: datetime | None = None


class DeliveryAttempt(Created, OfOrg, table=True):
    """What the other side answered, once."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        in_org(),
        belongs_to("delivery", "delivery_id"),
        is_not_negative("took_ms"),
        Index(None, "org_id", "delivery_id"),
    )

    delivery_id: UUID
    answered: int | None = None
    """The status of the answer; None when there was none."""
    took_ms: int
    said: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})
    """The first bytes of the answer, or why there is none."""
