"""Who belongs to which organisation, and as what."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import EMPTY_OBJECT, Created, OfOrg, default, in_org, json_object, stored
from contractflow.permissions import Role
from contractflow.workflows.membership import MembershipStatus


class Membership(Created, OfOrg, table=True):
    """A person's place in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "user_id"),
        CheckConstraint("role <> 'owner' OR status = 'active'", name="owner_is_active"),
        Index("uq_membership_one_owner", "org_id", unique=True, postgresql_where=text("role = 'owner'")),
        Index(None, "user_id"),
    )

    user_id: UUID = Field(foreign_key="app_user.id")
    role: Role = Field(sa_type=stored(Role, "role"))
    status: MembershipStatus = Field(
        default=MembershipStatus.ACTIVE,
        sa_type=stored(MembershipStatus, "status"),
        sa_column_kwargs=default("active"),
    )
    title: str | None = Field(default=None, max_length=120)
    notification_prefs: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
