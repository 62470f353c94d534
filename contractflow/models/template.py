"""Templates and clauses."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
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
    stored,
)
from contractflow.workflows.template import TemplateStatus


class Template(Updated, Created, OfOrg, table=True):
    """One version of a whole document to start from, or of a clause of the library.

    `body` is a list of {"id", "md"}: the parts of a document (with "locked"), or the positions of a clause, whose ids
    are "preferred" and "fallback". `variables` as content.typed_variables keeps them. `family_id` is the same for all
    versions; `origin` names the starter it was made from.
    """

    __tablename__ = "template"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "kind", "name", "version"),
        is_positive("version"),
        Index("ix_template_list", "org_id", "kind", "status", "name", "id"),
        Index(
            "uq_template_draft", "org_id", "family_id", unique=True, postgresql_where=text("status = 'draft'")
        ),
        Index(
            "uq_template_published",
            "org_id",
            "family_id",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
        Index("uq_template_version", "org_id", "family_id", "version", unique=True),
        Index(
            "uq_template_origin",
            "org_id",
            "kind",
            "origin",
            "version",
            unique=True,
            postgresql_where=text("origin IS NOT NULL"),
        ),
    )

    kind: str = Field(sa_type=one_of("kind", "document", "clause"))
    family_id: UUID
    category: str = Field(max_length=80)
    """Of a document the kind it becomes, of a clause its shelf."""
    name: str = Field(max_length=200)
    about: str = Field(default="", max_length=300, sa_column_kwargs=default(""))
    body: list[Any] = Field(sa_type=json_list())
    variables: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    is_locked: bool = Field(default=False, sa_column_kwargs=default(False))
    """Of a clause: whoever is no admin may not change it in a document."""
    status: TemplateStatus = Field(
        default=TemplateStatus.DRAFT,
        sa_type=stored(TemplateStatus, "status"),
        sa_column_kwargs=default("draft"),
    )
    version: int = Field(default=1, sa_column_kwargs=default(1))
    origin: str | None = Field(default=None, max_length=60)
    created_by: UUID | None = None
