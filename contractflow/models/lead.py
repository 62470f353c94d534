"""Leads."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
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
    is_sha256,
    json_object,
    minor,
    prose,
    stored,
)
from contractflow.workflows.crm import LeadStatus


class Lead(Created, OfOrg, table=True):
    """Somebody who asked for work through the agency's form."""

    __tablename__ = "lead"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "submission_key"),
        belongs_to("client", "client_id"),
        belongs_to("project", "project_id"),
        belongs_to("membership", "assigned_to"),
        is_email(),
        is_currency(),
        *is_sha256("ip_hash"),
        CheckConstraint("(status = 'converted') = (client_id IS NOT NULL)", name="converted_to_client"),
        Index(None, "org_id", "client_id"),
        Index(None, "org_id", "project_id"),
        Index(None, "org_id", "assigned_to"),
        Index("ix_lead_inbox", "org_id", "created_at", "id"),
        Index("ix_lead_list", "org_id", "status", "created_at", "id"),
    )

    form_key: str = Field(default="default", max_length=80, sa_column_kwargs=default("default"))
    name: str = Field(max_length=200)
    email: str = Field(max_length=254)
    company: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)
    message: str | None = Field(default=None, sa_type=prose())
    answers: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    utm: dict[str, Any] = Field(default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT)
    budget_minor: int | None = Field(default=None, sa_type=minor())
    currency: str | None = Field(default=None, sa_type=currency_code())
    status: LeadStatus = Field(
        default=LeadStatus.NEW, sa_type=stored(LeadStatus, "status"), sa_column_kwargs=default("new")
    )
    reason: str | None = Field(default=None, sa_type=prose())
    assigned_to: UUID | None = None
    client_id: UUID | None = None
    project_id: UUID | None = None
    ip_hash: bytes | None = None
    submission_key: str = Field(max_length=120)
    first_response_at: datetime | None = None
