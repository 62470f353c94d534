"""Mailed links and codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from contractflow.models.columns import Created, Identified, default, is_email, is_sha256, one_of, stored
from contractflow.permissions import Role


class OneTimeToken(Created, Identified, table=True):
    """A mailed link or code that works once. Only the hash of the token is here."""

    __tablename__ = "one_time_token"
    __table_args__ = (
        is_email(),
        *is_sha256("token_hmac"),
        CheckConstraint("attempts BETWEEN 0 AND 10", name="attempts_limited"),
        CheckConstraint("role <> 'owner'", name="role_below_owner"),
        CheckConstraint("(purpose = 'invite') = (role IS NOT NULL)", name="invite_has_role"),
        CheckConstraint("purpose <> 'invite' OR org_id IS NOT NULL", name="invite_has_org"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        Index(
            "uq_one_time_token_pending_invite",
            "org_id",
            "email",
            unique=True,
            postgresql_where=text("purpose = 'invite' AND used_at IS NULL AND revoked_at IS NULL"),
        ),
        Index(None, "org_id", "subject_id", "created_at"),
        Index(None, "user_id"),
    )

    org_id: UUID | None = Field(default=None, foreign_key="org.id")
    purpose: str = Field(
        sa_type=one_of(
            "purpose",
            "invite",
            "verify_email",
            "change_email",
            "reset_password",
            "portal_link",
            "signing_otp",
            "undo_email",
        )
    )
    email: str = Field(max_length=254)
    role: Role | None = Field(default=None, sa_type=stored(Role, "role"))
    user_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    subject_id: UUID | None = None
    """The signer or contact it is for."""
    token_hmac: bytes = Field(unique=True)
    attempts: int = Field(default=0, sa_column_kwargs=default(0))
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    created_by: UUID | None = None
