"""Who has to approve which documents, and what was frozen of that when one was submitted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_LIST,
    Created,
    OfOrg,
    Updated,
    belongs_to,
    default,
    in_org,
    is_positive,
    json_list,
    prose,
)


class ApprovalPolicy(Updated, Created, OfOrg, table=True):
    """One policy; the first in order whose rules all hold for a document is the document's.

    `rules` are {"field", "operator", "value", "currency"} as services/approval_policies/fields.py reads them, `steps`
    {"name", "mode", "count", "people", "roles"} as steps.py does. Every change of what it asks is a new `version`.
    """

    __tablename__ = "approval_policy"
    __table_args__ = (
        in_org(),
        is_positive("version"),
        is_positive("escalate_after"),
        Index(
            "ix_approval_policy_order",
            "org_id",
            "position",
            "id",
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    name: str = Field(max_length=120)
    position: int
    rules: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    steps: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    remind_after: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    """Days after which who has not answered is reminded."""
    escalate_after: int = Field(default=7, sa_column_kwargs=default(7))
    """Days after which the owner and the admins read that a step waits."""
    version: int = Field(default=1, sa_column_kwargs=default(1))
    removed_at: datetime | None = None


class ApprovalRound(Created, OfOrg, table=True):
    """One submission for review: what the policy asked at that moment, and which of its steps is open.

    No `policy_id` is what an organisation without policies asks: one of its owner and admins.
    """

    __tablename__ = "approval_round"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "document_id", "round"),
        belongs_to("document_version", "document_id", "version_id", to=("document_id", "id")),
        belongs_to("approval_policy", "policy_id"),
        belongs_to("membership", "overridden_by"),
        is_positive("round"),
        is_positive("step"),
        is_positive("escalate_after"),
        CheckConstraint("jsonb_array_length(steps) >= step", name="step_is_there"),
        CheckConstraint(
            "(overridden_at IS NULL) = (overridden_by IS NULL)"
            " AND (overridden_at IS NULL) = (override_reason IS NULL)",
            name="override_explained",
        ),
        Index(None, "org_id", "document_id", "version_id"),
        Index(None, "org_id", "policy_id"),
        Index(None, "org_id", "overridden_by"),
    )

    document_id: UUID
    version_id: UUID
    round: int
    step: int = Field(default=1, sa_column_kwargs=default(1))
    policy_id: UUID | None = None
    policy_name: str = Field(max_length=120)
    policy_version: int = Field(default=1, sa_column_kwargs=default(1))
    why: str = Field(default="", sa_type=prose(), sa_column_kwargs=default(""))
    """How the policy came to apply, in words."""
    steps: list[Any] = Field(sa_type=json_list())
    remind_after: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    escalate_after: int = Field(default=7, sa_column_kwargs=default(7))
    reminded_at: datetime | None = None
    """When somebody last reminded by hand."""
    overridden_at: datetime | None = None
    overridden_by: UUID | None = None
    """A membership."""
    override_reason: str | None = Field(default=None, sa_type=prose())
