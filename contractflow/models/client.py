"""Clients and their contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_OBJECT,
    Created,
    OfOrg,
    belongs_to,
    currency_code,
    default,
    in_org,
    is_currency,
    is_email,
    json_object,
    one_of,
    prose,
)


class Client(Created, OfOrg, table=True):
    """A company (or person) the agency works for."""

    __tablename__ = "client"
    __table_args__ = (
        in_org(),
        belongs_to("membership", "owner_id"),
        belongs_to("client", "merged_into_id", ondelete="SET NULL (merged_into_id)"),
        CheckConstraint("merged_into_id IS NULL OR archived_at IS NOT NULL", name="merged_is_archived"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        is_currency(),
        Index(None, "org_id", "merged_into_id"),
        Index(None, "org_id", "owner_id"),
        Index("ix_client_list", "org_id", "status", "name", "id"),
    )

    name: str = Field(max_length=200)
    legal_name: str | None = Field(default=None, max_length=200)
    website: str | None = Field(default=None, max_length=500)
    tax_id: str | None = Field(default=None, max_length=80)
    billing_address: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    country: str | None = Field(default=None, max_length=2)
    currency: str = Field(sa_type=currency_code())
    locale: str = Field(default="en", max_length=16, sa_column_kwargs=default("en"))
    status: str = Field(
        default="prospect",
        sa_type=one_of("status", "prospect", "active", "archived"),
        sa_column_kwargs=default("prospect"),
    )
    owner_id: UUID | None = None
    """A membership."""
    tags: list[str] = Field(
        default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'::text[]")}
    )
    is_consumer: bool = Field(default=False, sa_column_kwargs=default(False))
    """Shows the consumer disclosure of ESIGN 15 USC 7001(c) before signing."""
    notes: str | None = Field(default=None, sa_type=prose())
    archived_at: datetime | None = None
    merged_into_id: UUID | None = None
    """The client this one turned out to be; its page shows what belongs to both."""


class Contact(Created, OfOrg, table=True):
    """A person at a client: signs, pays, or is kept informed."""

    __tablename__ = "contact"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "client_id", "email"),
        belongs_to("client", "client_id"),
        is_email(),
        Index(
            "uq_contact_one_primary", "org_id", "client_id", unique=True, postgresql_where=text("is_primary")
        ),
    )

    client_id: UUID
    name: str = Field(max_length=200)
    email: str = Field(max_length=254)
    phone: str | None = Field(default=None, max_length=60)
    title: str | None = Field(default=None, max_length=120)
    is_primary: bool = Field(default=False, sa_column_kwargs=default(False))
    can_sign: bool = Field(default=True, sa_column_kwargs=default(True))
    can_pay: bool = Field(default=True, sa_column_kwargs=default(True))
    portal_enabled: bool = Field(default=True, sa_column_kwargs=default(True))
    email_state: str = Field(
        default="ok",
        sa_type=one_of("email_state", "ok", "bounced", "complained"),
        sa_column_kwargs=default("ok"),
    )
    locale: str | None = Field(default=None, max_length=16)
    timezone: str | None = Field(default=None, max_length=64)
    anonymised_at: datetime | None = None
