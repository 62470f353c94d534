"""The inbox of webhooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    NOW,
    Identified,
    default,
    is_not_negative,
    is_sha256,
    json_object,
    now,
    one_of,
    prose,
)


class WebhookEvent(Identified, table=True):
    """What a provider told us, kept once per event before anything is done about it."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        is_not_negative("attempts"),
        *is_sha256("payload_sha256"),
        Index("ix_webhook_event_due", "occurred_at", postgresql_where=text("status = 'received'")),
        Index(None, "org_id", "received_at"),
    )

    provider: str = Field(max_length=40)
    event_id: str = Field(max_length=200)
    event_type: str = Field(max_length=120)
    occurred_at: datetime
    org_id: UUID | None = Field(default=None, foreign_key="org.id")
    """Unknown until a worker has read the payload."""
    payload: dict[str, Any] = Field(sa_type=json_object())
    payload_sha256: bytes
    status: str = Field(
        default="received",
        sa_type=one_of("status", "received", "processed", "ignored", "failed"),
        sa_column_kwargs=default("received"),
    )
    attempts: int = Field(default=0, sa_column_kwargs=default(0))
    next_attempt_at: datetime | None = None
    error: str | None = Field(default=None, sa_type=prose())
    received_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
    processed_at: datetime | None = None
