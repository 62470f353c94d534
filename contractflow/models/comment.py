"""Comments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contractflow.models.columns import (
    Created,
    OfOrg,
    belongs_to,
    default,
    in_org,
    one_of,
    prose,
    stored,
)
from contractflow.workflows.comment import CommentState


class Comment(Created, OfOrg, table=True):
    """A remark on a document or one of its blocks: among members, or shared with the client.

    The first of a thread has no parent; `state` and what it is about are those of the first.
    """

    __tablename__ = "comment"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "document_id", "key"),
        belongs_to("document", "document_id"),
        belongs_to("document_version", "document_id", "version_id", to=("document_id", "id")),
        belongs_to("comment", "parent_id"),
        belongs_to("membership", "member_id"),
        belongs_to("contact", "contact_id"),
        CheckConstraint(
            "length(body) BETWEEN 1 AND 10000 AND deleted_at IS NULL OR body = '' AND deleted_at IS NOT NULL",
            name="body_length",
        ),
        CheckConstraint("num_nonnulls(member_id, contact_id) = 1", name="one_author"),
        CheckConstraint("contact_id IS NULL OR visibility = 'shared'", name="contact_shares"),
        Index(None, "org_id", "document_id", "id"),
        Index(None, "org_id", "document_id", "version_id"),
        Index(None, "org_id", "parent_id"),
        Index(None, "org_id", "member_id"),
        Index(None, "org_id", "contact_id"),
        Index(
            "ix_comment_unseen",
            "org_id",
            "created_at",
            "id",
            postgresql_where=text("contact_id IS NOT NULL AND seen_at IS NULL AND deleted_at IS NULL"),
        ),
    )

    document_id: UUID
    version_id: UUID | None = None
    """The version it was written about."""
    block_id: str | None = Field(default=None, max_length=80)
    parent_id: UUID | None = None
    kind: str = Field(
        default="comment",
        sa_type=one_of("kind", "comment", "change_request"),
        sa_column_kwargs=default("comment"),
    )
    visibility: str = Field(
        default="internal",
        sa_type=one_of("visibility", "internal", "shared"),
        sa_column_kwargs=default("internal"),
    )
    member_id: UUID | None = None
    contact_id: UUID | None = None
    body: str = Field(sa_type=prose())
    """Who is mentioned stands in it as `@[membership id]`, and in `mentions`."""
    key: str | None = Field(default=None, max_length=80)
    """Names the click that wrote it, so that a second one writes nothing."""
    state: CommentState = Field(
        default=CommentState.OPEN, sa_type=stored(CommentState, "state"), sa_column_kwargs=default("open")
    )
    resolved_by: UUID | None = None
    resolved_at: datetime | None = None
    mentions: list[UUID] = Field(
        default_factory=list, sa_type=ARRAY(Uuid), sa_column_kwargs={"server_default": text("'{}'::uuid[]")}
    )
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    seen_at: datetime | None = None
    """Of a client's: when a member answered it, settled its thread or said that they have seen it."""
