"""Documents and their versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    inspect,
    text,
)
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_OBJECT,
    Created,
    OfOrg,
    Updated,
    belongs_to,
    currency_code,
    default,
    in_org,
    is_currency,
    is_not_negative,
    is_positive,
    is_sha256,
    json_object,
    minor,
    one_of,
    prose,
    stored,
)
from contractflow.workflows.document import Approval, Generation, Status

REMINDERS = {"first_days": 3, "every_days": 3, "max": 5}
_REMINDERS_SQL = text("""'{"first_days": 3, "every_days": 3, "max": 5}'::jsonb""")


def _names_version(column: str) -> ForeignKeyConstraint:
    """One of the document's own versions. Checked at commit, as the two rows point at each other."""
    return belongs_to(
        "document_version",
        "id",
        column,
        to=("document_id", "id"),
        use_alter=True,
        deferrable=True,
        initially="DEFERRED",
    )


class Document(Updated, Created, OfOrg, table=True):
    """A contract on its way from first draft to paid. Its words are in its versions."""

    __tablename__ = "document"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "number"),
        belongs_to("client", "client_id"),
        belongs_to("project", "client_id", "project_id", to=("client_id", "id")),
        belongs_to("template", "template_id"),
        belongs_to("document", "parent_id"),
        belongs_to("membership", "owner_id"),
        _names_version("current_version_id"),
        _names_version("approved_version_id"),
        _names_version("sent_version_id"),
        is_currency(),
        is_not_negative("total_minor"),
        CheckConstraint("(parent_id IS NULL) = (relation IS NULL)", name="relation_to_parent"),
        CheckConstraint("renewal_notice_days BETWEEN 0 AND 365", name="renewal_notice_days"),
        CheckConstraint(
            "deleted_at IS NULL OR status IN ('draft', 'voided', 'declined', 'expired')", name="deletable"
        ),
        CheckConstraint(
            "approval_status <> 'approved'"
            " OR (approved_version_id IS NOT NULL AND approved_version_id IS NOT DISTINCT FROM current_version_id)",
            name="approved_is_current",
        ),
        CheckConstraint(
            "status NOT IN ('sent', 'signed', 'paid')"
            " OR (sent_version_id IS NOT NULL AND sent_version_id IS NOT DISTINCT FROM current_version_id)",
            name="sent_is_current",
        ),
        CheckConstraint(
            "status NOT IN ('declined', 'voided') OR length(coalesce(closed_reason, '')) > 0",
            name="closed_with_reason",
        ),
        Index("ix_document_list", "org_id", "updated_at", "id", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_document_by_status",
            "org_id",
            "status",
            "updated_at",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_document_of_client",
            "org_id",
            "client_id",
            "updated_at",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(None, "org_id", "client_id", "project_id"),
        Index(None, "org_id", "template_id"),
        Index(None, "org_id", "parent_id"),
        Index(None, "org_id", "owner_id", "updated_at"),
        Index(
            "ix_document_of_owner",
            "org_id",
            "owner_id",
            "status",
            "updated_at",
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_document_reviewed",
            "org_id",
            "owner_id",
            "approval_status",
            "updated_at",
            "id",
            postgresql_include=["status"],
            postgresql_where=text(
                "deleted_at IS NULL AND status IN ('draft', 'review') AND approval_status IN ('changes_requested', 'stale', 'approved')"
            ),
        ),
        Index(
            "ix_document_draft_failed",
            "org_id",
            "owner_id",
            "updated_at",
            "id",
            postgresql_where=text("deleted_at IS NULL AND status = 'draft' AND generation_status = 'failed'"),
        ),
        Index(
            "ix_document_expiring",
            "org_id",
            "owner_id",
            "expires_at",
            "id",
            postgresql_where=text("deleted_at IS NULL AND status = 'sent'"),
        ),
        Index(
            "ix_document_unwritten",
            "org_id",
            "owner_id",
            "updated_at",
            "id",
            postgresql_where=text(
                "deleted_at IS NULL AND status = 'draft' AND approval_status = 'none'"
                " AND generation_status IN ('idle', 'ready', 'cancelled')"
            ),
        ),
        Index("ix_document_due_expiry", "expires_at", postgresql_where=text("status = 'sent'")),
        Index("ix_document_due_seal", "signed_at", postgresql_where=text("status IN ('signed', 'paid')")),
    )

    client_id: UUID
    project_id: UUID | None = None
    template_id: UUID | None = None
    parent_id: UUID | None = None
    relation: str | None = Field(
        default=None,
        sa_type=one_of("relation", "sow", "change_order", "amendment", "renewal", "termination", "replaces"),
    )
    kind: str = Field(
        sa_type=one_of("kind", "proposal", "msa", "sow", "nda", "retainer", "change_order", "other")
    )
    number: str = Field(max_length=40)
    title: str = Field(max_length=300)
    status: Status = Field(
        default=Status.DRAFT, sa_type=stored(Status, "status"), sa_column_kwargs=default("draft")
    )
    approval_status: Approval = Field(
        default=Approval.NONE, sa_type=stored(Approval, "approval_status"), sa_column_kwargs=default("none")
    )
    generation_status: Generation = Field(
        default=Generation.IDLE,
        sa_type=stored(Generation, "generation_status"),
        sa_column_kwargs=default("idle"),
    )
    current_version_id: UUID | None = None
    approved_version_id: UUID | None = None
    sent_version_id: UUID | None = None
    approval_round: int = Field(default=0, sa_column_kwargs=default(0))
    signing_order: str = Field(
        default="parallel",
        sa_type=one_of("signing_order", "parallel", "sequential"),
        sa_column_kwargs=default("parallel"),
    )
    currency: str = Field(sa_type=currency_code())
    total_minor: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    brief: dict[str, Any] = Field(default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT)
    """What the AI is told: scope, term, tone, must-haves."""
    effective_on: date | None = None
    term_ends_on: date | None = None
    auto_renews: bool = Field(default=False, sa_column_kwargs=default(False))
    renewal_notice_days: int | None = None
    owner_id: UUID
    """A membership."""
    locale: str = Field(default="en", max_length=16, sa_column_kwargs=default("en"))
    expires_at: datetime | None = None
    reminder_policy: dict[str, Any] = Field(
        default_factory=REMINDERS.copy,
        sa_type=json_object(),
        sa_column_kwargs={"server_default": _REMINDERS_SQL},
    )
    sent_at: datetime | None = None
    signed_at: datetime | None = None
    paid_at: datetime | None = None
    closed_reason: str | None = Field(default=None, sa_type=prose())
    verify_code: str | None = Field(default=None, unique=True, max_length=64)
    lock_version: int = Field(default=0, sa_column_kwargs=default(0))
    """Counts the saves; a save over somebody else's raises Stale."""
    created_by: UUID
    """A user."""
    deleted_at: datetime | None = None


inspect(Document).version_id_col = Document.metadata.tables["document"].c.lock_version


class DocumentVersion(Created, OfOrg, table=True):
    """One save-point of a document's words and money. Never changed, never deleted."""

    __tablename__ = "document_version"
    __table_args__ = (
        in_org(),
        UniqueConstraint("document_id", "number"),
        UniqueConstraint("org_id", "document_id", "id"),
        belongs_to("document", "document_id"),
        belongs_to("document_version", "document_id", "parent_version_id", to=("document_id", "id")),
        belongs_to("membership", "author_id"),
        is_positive("number"),
        is_not_negative("total_minor"),
        *is_sha256("content_sha256"),
        Index(None, "org_id", "document_id", "parent_version_id"),
        Index(None, "org_id", "author_id"),
    )

    document_id: UUID
    number: int
    parent_version_id: UUID | None = None
    source: str = Field(sa_type=one_of("source", "ai", "human", "template", "restore", "suggestion"))
    content: str = Field(sa_type=prose())
    """The exact canonical JSON that is hashed, approved, sent, signed and sealed (see contractflow.content)."""
    content_sha256: bytes = Field(
        default=None, nullable=False, sa_column_kwargs={"server_default": FetchedValue()}
    )
    """SHA-256 of the content's UTF-8 bytes; the database computes it."""
    total_minor: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    provenance: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    """Block id → {provider, model, job_id, edited_by, reviewed}."""
    author_id: UUID | None = None
    """A membership; nobody when a worker wrote it."""
    note: str | None = Field(default=None, sa_type=prose())
