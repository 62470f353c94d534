"""Sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from contractflow.models.columns import NOW, Created, Identified, address, belongs_to, now, one_of


class AuthSession(Created, Identified, table=True):
    """One sign-in on one device (a family of rotating cookies): for the device list and the trail. Redis decides."""

    __tablename__ = "auth_session"
    __table_args__ = (
        belongs_to("contact", "contact_id"),
        CheckConstraint("(subject_kind = 'user') = (user_id IS NOT NULL)", name="user_named"),
        CheckConstraint("(subject_kind = 'contact') = (contact_id IS NOT NULL)", name="contact_named"),
        Index(
            "ix_auth_session_open_of_user",
            "user_id",
            "last_seen_at",
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index(None, "user_id"),
        Index(None, "org_id", "contact_id"),
    )

    family_id: UUID = Field(unique=True)
    subject_kind: str = Field(sa_type=one_of("subject_kind", "user", "contact"))
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    contact_id: UUID | None = None
    org_id: UUID | None = Field(default=None, foreign_key="org.id")
    ip: str | None = Field(default=None, sa_type=address())
    user_agent: str | None = Field(default=None, max_length=500)
    last_seen_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
    revoked_at: datetime | None = None
    revoke_reason: str | None = Field(default=None, max_length=80)
