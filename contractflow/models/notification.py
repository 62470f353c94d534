"""Notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    NOW,
    Created,
    OfOrg,
    belongs_to,
    default,
    in_org,
    is_not_negative,
    is_sha256,
    json_object,
    minor,
    now,
    one_of,
    prose,
)


class Notification(Created, OfOrg, table=True):
    """A message on its way: the feed inside the app, and the outbox of everything that leaves it."""

    __tablename__ = "notification"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "channel", "dedupe_key"),
        belongs_to("document", "document_id"),
        is_not_negative("attempts"),
        CheckConstraint("channel <> 'in_app' OR user_id IS NOT NULL", name="in_app_has_user"),
        CheckConstraint("channel <> 'email' OR recipient IS NOT NULL", name="email_has_recipient"),
        Index(
            "ix_notification_due",
            "next_attempt_at",
            postgresql_where=text("status = 'queued' AND channel <> 'in_app'"),
        ),
        CheckConstraint("num_nonnulls(chain_seq, chain_hash) <> 1", name="chain_whole"),
        *is_sha256("chain_hash"),
        Index("ix_notification_head", "org_id", "chain_seq", postgresql_where=text("chain_seq IS NOT NULL")),
        Index("ix_notification_feed", "org_id", "user_id", "id", postgresql_where=text("channel = 'in_app'")),
        Index(
            "ix_notification_unread",
            "org_id",
            "user_id",
            "id",
            postgresql_where=text("channel = 'in_app' AND read_at IS NULL"),
        ),
        Index("ix_notification_mailed", "provider_ref", postgresql_where=text("provider_ref IS NOT NULL")),
        Index(None, "user_id"),
        Index(None, "org_id", "document_id"),
    )

    channel: str = Field(
        default="email",
        sa_type=one_of("channel", "in_app", "email", "slack", "webhook"),
        sa_column_kwargs=default("email"),
    )
    kind: str = Field(max_length=80)
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    recipient: str | None = Field(default=None, max_length=500)
    document_id: UUID | None = None
    payload: dict[str, Any] = Field(sa_type=json_object())
    """Ids and plain facts, never a token: links are derived when the message is written."""
    dedupe_key: str = Field(max_length=200)
    status: str = Field(
        default="queued",
        sa_type=one_of("status", "queued", "sent", "failed", "suppressed", "bounced"),
        sa_column_kwargs=default("queued"),
    )
    attempts: int = Field(default=0, sa_column_kwargs=default(0))
    next_attempt_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
    provider_ref: str | None = Field(default=None, max_length=200)
    error: str | None = Field(default=None, sa_type=prose())
    sent_at: datetime | None = None
    read_at: datetime | None = None
    chain_seq: int | None = Field(default=None, sa_type=minor())
    """The number of the audit trail's newest event when the mail was written, which it prints with `chain_hash`."""
    chain_hash: bytes | None = None
