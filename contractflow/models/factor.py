"""What proves, besides a password, that somebody is who they say. The codes of an app stand in user_credential."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from contractflow.models.columns import (
    NOW,
    Created,
    Identified,
    address,
    default,
    is_not_negative,
    is_sha256,
    minor,
    now,
)


class Passkey(Created, Identified, table=True):
    """A key pair whose private half never leaves a person's device. No role of the app can read it; the gates do."""

    __tablename__ = "passkey"
    __table_args__ = (
        CheckConstraint("octet_length(credential_id) BETWEEN 1 AND 1023", name="credential_id_size"),
        is_not_negative("sign_count"),
        Index(None, "user_id"),
    )

    user_id: UUID = Field(foreign_key="app_user.id")
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    """COSE."""
    sign_count: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    """What the authenticator counted last; a smaller one later means that there is a copy of it."""
    name: str = Field(max_length=80)
    transports: str = Field(default="", max_length=120, sa_column_kwargs=default(""))
    is_synced: bool = Field(default=False, sa_column_kwargs=default(False))
    last_used_at: datetime | None = None


class TrustedDevice(Created, Identified, table=True):
    """A browser that need not show the second factor for a while. Only the hash of its cookie's secret is here."""

    __tablename__ = "trusted_device"
    __table_args__ = (*is_sha256("token_hash"), Index(None, "user_id"))

    user_id: UUID = Field(foreign_key="app_user.id")
    token_hash: bytes = Field(unique=True)
    ip: str | None = Field(default=None, sa_type=address())
    user_agent: str = Field(default="", max_length=500, sa_column_kwargs=default(""))
    last_used_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
    expires_at: datetime
