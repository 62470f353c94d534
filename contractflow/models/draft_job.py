"""Draft jobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    NOW,
    OfOrg,
    belongs_to,
    default,
    in_org,
    is_not_negative,
    json_object,
    now,
    one_of,
    prose,
    stored,
)
from contractflow.workflows.draft_job import Decision, DraftStatus


class DraftJob(OfOrg, table=True):
    """One order to the AI. The row is the outbox and the truth; the queue only wakes a worker."""

    __tablename__ = "draft_job"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "idempotency_key"),
        belongs_to("document", "document_id"),
        belongs_to("document_version", "document_id", "result_version_id", to=("document_id", "id")),
        is_not_negative("epoch"),
        CheckConstraint("attempt BETWEEN 0 AND 3", name="attempt_limited"),
        CheckConstraint("(status = 'running') = (lease_token IS NOT NULL)", name="running_is_leased"),
        CheckConstraint("(status = 'running') = (lease_expires_at IS NOT NULL)", name="lease_expires"),
        CheckConstraint("status <> 'retry_wait' OR next_attempt_at IS NOT NULL", name="retry_has_time"),
        CheckConstraint("kind <> 'clause' OR block_id IS NOT NULL", name="clause_has_block"),
        CheckConstraint("(decision = 'open') = (decided_at IS NULL)", name="decision_has_time"),
        Index(
            "uq_draft_job_open_rewrite",
            "document_id",
            "block_id",
            unique=True,
            postgresql_where=text("kind = 'clause' AND decision = 'open'"),
        ),
        Index(
            "uq_draft_job_active",
            "document_id",
            unique=True,
            postgresql_where=text(
                "status IN ('queued', 'running', 'retry_wait') AND kind IN ('draft', 'rewrite')"
            ),
        ),
        Index(None, "org_id", "document_id", "queued_at"),
        Index(None, "org_id", "document_id", "result_version_id"),
        Index(
            "ix_draft_job_due",
            "queued_at",
            postgresql_where=text("status IN ('queued', 'running', 'retry_wait')"),
        ),
    )

    document_id: UUID
    kind: str = Field(
        default="draft",
        sa_type=one_of("kind", "draft", "clause", "rewrite", "review", "summary"),
        sa_column_kwargs=default("draft"),
    )
    block_id: str | None = Field(default=None, max_length=80)
    brief: dict[str, Any] = Field(sa_type=json_object())
    status: DraftStatus = Field(
        default=DraftStatus.QUEUED, sa_type=stored(DraftStatus, "status"), sa_column_kwargs=default("queued")
    )
    attempt: int = Field(default=0, sa_column_kwargs=default(0))
    epoch: int = Field(default=0, sa_column_kwargs=default(0))
    """Rises whenever the text starts anew, so that readers drop what came before."""
    cancel_requested: bool = Field(default=False, sa_column_kwargs=default(False))
    provider: str | None = Field(default=None, sa_type=one_of("provider", "gemini", "openai", "placeholder"))
    model: str = Field(default="", max_length=120, sa_column_kwargs=default(""))
    """Which of the provider's wrote the text; empty until there is one."""
    decision: Decision = Field(
        default=Decision.OPEN, sa_type=stored(Decision, "decision"), sa_column_kwargs=default("open")
    )
    decided_by: UUID | None = None
    """A user."""
    decided_at: datetime | None = None
    idempotency_key: str = Field(max_length=120)
    output: str = Field(default="", sa_type=prose(), sa_column_kwargs=default(""))
    lease_owner: str | None = Field(default=None, max_length=120)
    lease_token: UUID | None = None
    """Fences every write of the worker that holds it."""
    lease_expires_at: datetime | None = None
    heartbeat_at: datetime | None = None
    next_attempt_at: datetime | None = None
    queued_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error_code: str | None = Field(default=None, max_length=80)
    error_detail: str | None = Field(default=None, sa_type=prose())
    result_version_id: UUID | None = None
    requested_by: UUID
    """A user."""
