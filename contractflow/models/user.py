"""People and what proves who they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from contractflow.models.columns import Created, Identified, default, is_email, minor


class AppUser(Created, Identified, table=True):
    """A person, known to every organisation they are a member of."""

    __tablename__ = "app_user"
    __table_args__ = (
        is_email(),
        Index(
            "uq_app_user_email", "email", unique=True, postgresql_where=text("email_verified_at IS NOT NULL")
        ),
    )

    email: str = Field(max_length=254)
    """A claim, which others may make as well, until it is confirmed by the link in a mail."""
    name: str = Field(max_length=200)
    email_verified_at: datetime | None = None
    locale: str = Field(default="en", max_length=16, sa_column_kwargs=default("en"))
    timezone: str = Field(default="UTC", max_length=64, sa_column_kwargs=default("UTC"))
    is_platform_admin: bool = Field(default=False, sa_column_kwargs=default(False))
    last_login_at: datetime | None = None
    deleted_at: datetime | None = None


class UserCredential(SQLModel, table=True):
    """What proves who somebody is. No role of the app can read it; the gate functions do."""

    __tablename__ = "user_credential"

    user_id: UUID = Field(primary_key=True, foreign_key="app_user.id")
    password_hash: str | None = None
    totp_secret_enc: bytes | None = None
    totp_enabled_at: datetime | None = None
    totp_last_step: int | None = Field(default=None, sa_type=minor())
    recovery_hashes: list[bytes] = Field(
        default_factory=list,
        sa_type=ARRAY(LargeBinary),
        sa_column_kwargs={"server_default": text("'{}'::bytea[]")},
    )
