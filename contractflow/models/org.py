"""Organisations."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_OBJECT,
    Created,
    Identified,
    Updated,
    currency_code,
    default,
    is_currency,
    json_object,
    minor,
)


class Org(Updated, Created, Identified, table=True):
    """An organisation: one agency, one tenant."""

    __tablename__ = "org"
    __table_args__ = (
        is_currency("default_currency"),
        CheckConstraint("slug ~ '^[a-z0-9](-?[a-z0-9]){2,39}$'", name="slug_shape"),
        CheckConstraint("(suspended_at IS NULL) = (suspend_reason IS NULL)", name="suspended_with_reason"),
        Index("ix_org_by_name", text("lower(name)"), "id"),
        Index("ix_org_words", text("to_tsvector('simple'::regconfig, name)"), postgresql_using="gin"),
    )

    slug: str = Field(unique=True, max_length=80)
    name: str = Field(max_length=200)
    legal_name: str | None = Field(default=None, max_length=200)
    tax_id: str | None = Field(default=None, max_length=80)
    billing_address: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    country: str | None = Field(default=None, max_length=2)
    timezone: str = Field(default="UTC", max_length=64, sa_column_kwargs=default("UTC"))
    locale: str = Field(default="en", max_length=16, sa_column_kwargs=default("en"))
    default_currency: str = Field(default="USD", sa_type=currency_code(), sa_column_kwargs=default("USD"))
    brand: dict[str, Any] = Field(default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT)
    settings: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    """`bank` {holder, iban, bic, bank}; `paddle` the organisation's own seller account; `forbid_self_approval`; …"""
    require_2fa: bool = Field(default=False, sa_column_kwargs=default(False))
    contract_seq: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    invoice_seq: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    """Counts issued invoices; only the database writes it, when an invoice opens."""
    legal_hold: bool = Field(default=False, sa_column_kwargs=default(False))
    suspended_at: datetime | None = None
    suspend_reason: str | None = Field(default=None, max_length=500)
    """What its members read; only a platform admin writes it, through a gate."""
    deletion_requested_at: datetime | None = None
    deleted_at: datetime | None = None
