"""Approvals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from contractflow.models.columns import (
    Created,
    OfOrg,
    belongs_to,
    default,
    in_org,
    is_not_negative,
    is_positive,
    one_of,
    prose,
)


class Approval(Created, OfOrg, table=True):
    """What one approver is asked, in one step of one round, about one exact version."""

    __tablename__ = "approval"
    __table_args__ = (
        in_org(),
        belongs_to("document_version", "document_id", "version_id", to=("document_id", "id")),
        belongs_to("membership", "approver_id"),
        belongs_to("membership", "delegated_from"),
        is_positive("step"),
        is_positive("required"),
        is_not_negative("reminders"),
        CheckConstraint("(decision = 'pending') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint(
            "decision <> 'changes_requested' OR length(coalesce(comment, '')) > 0", name="changes_explained"
        ),
        Index(None, "org_id", "document_id", "version_id"),
        Index(
            "ix_approval_waiting",
            "org_id",
            "approver_id",
            "created_at",
            "document_id",
            postgresql_where=text("decision = 'pending'"),
        ),
        Index(
            "uq_approval_asked",
            "document_id",
            "round",
            "step",
            "approver_id",
            unique=True,
            postgresql_where=text("decision <> 'skipped'"),
        ),
        Index("ix_approval_remind", "remind_at", postgresql_where=text("decision = 'pending'")),
        Index(None, "org_id", "approver_id"),
        Index(None, "org_id", "delegated_from"),
    )

    document_id: UUID
    version_id: UUID
    round: int
    step: int = 1
    step_name: str = Field(default="Approval", max_length=120, sa_column_kwargs=default("Approval"))
    required: int = Field(default=1, sa_column_kwargs=default(1))
    rule: str | None = Field(default=None, sa_type=prose())
    """How the step came to apply, in words."""
    approver_id: UUID
    """A membership."""
    decision: str = Field(
        default="pending",
        sa_type=one_of("decision", "pending", "approved", "changes_requested", "skipped"),
        sa_column_kwargs=default("pending"),
    )
    comment: str | None = Field(default=None, sa_type=prose())
    decided_at: datetime | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    """When whoever has not answered reads of it again; None once nothing more comes."""
    reminders: int = Field(default=0, sa_column_kwargs=default(0))
    """How many have come by themselves."""
    delegated_from: UUID | None = None
