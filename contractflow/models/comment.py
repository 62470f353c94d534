"""Comments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contractflow.models.columns import (
    Created,
    OfOrg,
    belongs_to,
    default,
    in_org,
    json_object,
    one_of,
    prose,
)


class Comment(Created, OfOrg, table=True):
    """A remark on a document or one of its blocks: among members, or shared with the client."""

    __tablename__ = "comment"
    __table_args__ = (
        in_org(),
        belongs_to("document", "document_id"),
        belongs_to("document_version", "document_id", "version_id", to=("document_id", "id")),
        belongs_to("comment", "parent_id"),
        belongs_to("membership", "member_id"),
        belongs_to("contact", "contact_id"),
        CheckConstraint("length(body) BETWEEN 1 AND 10000", name="body_length"),
        CheckConstraint("num_nonnulls(member_id, contact_id) = 1", name="one_author"),
        CheckConstraint("contact_id IS NULL OR visibility = 'shared'", name="contact_shares"),
        CheckConstraint("state IN ('open', 'resolved') OR suggestion IS NOT NULL", name="suggestion_decided"),
        Index(None, "org_id", "document_id", "id"),
        Index(None, "org_id", "document_id", "version_id"),
        Index(None, "org_id", "parent_id"),
        Index(None, "org_id", "member_id"),
        Index(None, "org_id", "contact_id"),
    )

    document_id: UUID
    version_id: UUID | None = None
    block_id: str | None = Field(default=None, max_length=80)
    parent_id: UUID | None = None
    visibility: str = Field(
        default="internal",
        sa_type=one_of("visibility", "internal", "shared"),
        sa_column_kwargs=default("internal"),
    )
    member_id: UUID | None = None
    contact_id: UUID | None = None
    body: str = Field(sa_type=prose())
    suggestion: dict[str, Any] | None = Field(default=None, sa_type=json_object())
    state: str = Field(
        default="open",
        sa_type=one_of("state", "open", "resolved", "accepted", "rejected"),
        sa_column_kwargs=default("open"),
    )
    resolved_by: UUID | None = None
    resolved_at: datetime | None = None
    mentions: list[UUID] = Field(
        default_factory=list, sa_type=ARRAY(Uuid), sa_column_kwargs={"server_default": text("'{}'::uuid[]")}
    )
    edited_at: datetime | None = None
