"""Attempts of drafts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from contractflow.models.columns import OfOrg, belongs_to, default, in_org, is_not_negative, minor, one_of


class DraftAttempt(OfOrg, table=True):
    """One provider asked once for one draft: how it ended and what it cost. Never changed and never deleted."""

    __tablename__ = "draft_attempt"
    __table_args__ = (
        in_org(),
        belongs_to("draft_job", "draft_id"),
        is_not_negative("characters"),
        is_not_negative("cost_micros"),
        CheckConstraint("ended_at >= started_at", name="in_order"),
        Index(None, "org_id", "draft_id", "id"),
        Index(None, "ended_at"),
    )

    draft_id: UUID
    attempt: int
    """Of the draft: several providers may be asked in one."""
    provider: str | None = Field(default=None, sa_type=one_of("provider", "gemini", "openai", "placeholder"))
    """None when nobody knows who was being asked: the worker was lost."""
    model: str | None = Field(default=None, max_length=120)
    template: str = Field(default="", max_length=80, sa_column_kwargs=default(""))
    """Name and number of the prompt."""
    outcome: str = Field(max_length=40)
    """`ok`, `skipped` (its breaker was open), `interrupted`, `worker_lost`, or the trouble."""
    first_text_ms: int | None = None
    characters: int = Field(default=0, sa_column_kwargs=default(0))
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_micros: int | None = Field(default=None, sa_type=minor())
    """Millionths of a US dollar; None when nobody knows."""
    started_at: datetime
    ended_at: datetime
