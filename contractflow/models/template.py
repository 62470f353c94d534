"""Templates and clauses."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_LIST,
    Created,
    OfOrg,
    Updated,
    default,
    in_org,
    is_positive,
    json_list,
    one_of,
    prose,
)


class Template(Updated, Created, OfOrg, table=True):
    """A whole document to start from, or one clause of the library."""

    __tablename__ = "template"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "kind", "name", "version"),
        is_positive("version"),
        CheckConstraint("(kind = 'clause') = (position IS NOT NULL)", name="clause_has_position"),
        Index("ix_template_list", "org_id", "kind", "status", "name", "id"),
    )

    kind: str = Field(sa_type=one_of("kind", "document", "clause"))
    category: str = Field(max_length=80)
    name: str = Field(max_length=200)
    body: list[Any] = Field(sa_type=json_list())
    variables: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    ai_guidance: str | None = Field(default=None, sa_type=prose())
    position: str | None = Field(
        default=None, sa_type=one_of("position", "preferred", "fallback", "prohibited")
    )
    is_locked: bool = Field(default=False, sa_column_kwargs=default(False))
    approval_policy: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    payment_plan: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    status: str = Field(
        default="draft",
        sa_type=one_of("status", "draft", "published", "archived"),
        sa_column_kwargs=default("draft"),
    )
    version: int = Field(default=1, sa_column_kwargs=default(1))
    created_by: UUID | None = None
