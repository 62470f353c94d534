"""Projects."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_LIST,
    Created,
    OfOrg,
    belongs_to,
    currency_code,
    default,
    in_org,
    is_currency,
    is_not_negative,
    json_list,
    minor,
    one_of,
    stored,
)
from contractflow.workflows.crm import ProjectStatus


class Project(Created, OfOrg, table=True):
    """Work for a client, that documents and invoices can belong to."""

    __tablename__ = "project"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "client_id", "id"),
        belongs_to("client", "client_id"),
        belongs_to("membership", "owner_id"),
        is_currency(),
        is_not_negative("budget_minor"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index(None, "org_id", "owner_id"),
        Index("ix_project_list", "org_id", "status", "id"),
    )

    client_id: UUID
    name: str = Field(max_length=200)
    code: str | None = Field(default=None, max_length=40)
    status: ProjectStatus = Field(
        default=ProjectStatus.PLANNED,
        sa_type=stored(ProjectStatus, "status"),
        sa_column_kwargs=default("planned"),
    )
    engagement: str = Field(
        default="fixed",
        sa_type=one_of("engagement", "fixed", "retainer", "hourly"),
        sa_column_kwargs=default("fixed"),
    )
    budget_minor: int | None = Field(default=None, sa_type=minor())
    currency: str = Field(sa_type=currency_code())
    starts_on: date | None = None
    ends_on: date | None = None
    owner_id: UUID | None = None
    milestones: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
