"""The audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from contractflow.models.columns import (
    EMPTY_OBJECT,
    address,
    default,
    is_positive,
    is_sha256,
    json_object,
    minor,
    one_of,
    prose,
)


class AuditEvent(SQLModel, table=True):
    """What was done, by whom, to what: a chain of hashes per organisation, that only `audit_append` writes."""

    __tablename__ = "audit_event"
    __table_args__ = (
        is_positive("seq"),
        *is_sha256("prev_hash", "hash"),
        Index(
            "ix_audit_event_timeline",
            "org_id",
            "document_id",
            "seq",
            postgresql_where=text("document_id IS NOT NULL"),
        ),
        Index(
            "ix_audit_event_person",
            "org_id",
            "actor_id",
            "seq",
            postgresql_where=text("actor_id IS NOT NULL"),
        ),
        Index("ix_audit_event_action", "org_id", "action", "seq"),
        Index("ix_audit_event_entity", "org_id", "entity_id", "seq"),
        Index("ix_audit_event_time", "org_id", "at", "seq"),
    )

    # No foreign key to the organisation: the trail outlives what it tells about.
    org_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=minor())
    at: datetime
    actor_kind: str = Field(
        sa_type=one_of("actor_kind", "user", "contact", "system", "provider", "platform_admin")
    )
    actor_id: UUID | None = None
    actor_label: str = Field(max_length=200)
    action: str = Field(max_length=80)
    entity: str = Field(max_length=80)
    entity_id: UUID
    document_id: UUID | None = None
    ip: str | None = Field(default=None, sa_type=address())
    user_agent: str | None = Field(default=None, max_length=500)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT)
    canonical: str = Field(sa_type=prose())
    """The exact text that is hashed: `hash` = SHA-256(`prev_hash` || its UTF-8 bytes)."""
    prev_hash: bytes
    hash: bytes


class AuditHead(SQLModel, table=True):
    """The last link of an organisation's chain; shows when the newest events are cut off."""

    __tablename__ = "audit_head"
    __table_args__ = (*is_sha256("hash"),)

    org_id: UUID = Field(primary_key=True)
    seq: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    hash: bytes
