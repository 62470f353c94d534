"""Signers and signatures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_OBJECT,
    NOW,
    Created,
    Identified,
    OfOrg,
    address,
    belongs_to,
    default,
    in_org,
    is_email,
    is_positive,
    is_sha256,
    json_list,
    json_object,
    minor,
    now,
    one_of,
    prose,
    stored,
)
from contractflow.workflows.signer import SignerStatus


class Signer(Created, OfOrg, table=True):
    """Somebody who signs, reads or is copied on one document."""

    __tablename__ = "signer"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "document_id", "id"),
        belongs_to("document", "document_id"),
        belongs_to("contact", "contact_id"),
        belongs_to("membership", "member_id"),
        belongs_to("signer", "document_id", "delegated_to", to=("document_id", "id")),
        is_email(),
        is_positive("ordinal"),
        *is_sha256("token_hmac", "consent_sha256"),
        CheckConstraint("num_nonnulls(contact_id, member_id) = 1", name="one_person"),
        CheckConstraint(
            "status <> 'declined' OR length(coalesce(decline_reason, '')) > 0", name="declined_with_reason"
        ),
        Index(
            "uq_signer_once",
            "document_id",
            "email",
            unique=True,
            postgresql_where=text("status NOT IN ('delegated', 'removed')"),
        ),
        Index(None, "org_id", "contact_id"),
        Index(None, "org_id", "member_id"),
        Index(None, "org_id", "document_id", "delegated_to"),
        Index(
            "ix_signer_due_reminder",
            "next_reminder_at",
            postgresql_where=text("status IN ('invited', 'viewed')"),
        ),
    )

    document_id: UUID
    contact_id: UUID | None = None
    member_id: UUID | None = None
    role: str = Field(
        default="signer", sa_type=one_of("role", "signer", "viewer", "cc"), sa_column_kwargs=default("signer")
    )
    ordinal: int = Field(default=1, sa_column_kwargs=default(1))
    name: str = Field(max_length=200)
    email: str = Field(max_length=254)
    status: SignerStatus = Field(
        default=SignerStatus.WAITING,
        sa_type=stored(SignerStatus, "status"),
        sa_column_kwargs=default("waiting"),
    )
    auth_method: str = Field(
        default="email_otp",
        sa_type=one_of("auth_method", "email_link", "email_otp", "access_code", "in_person"),
        sa_column_kwargs=default("email_otp"),
    )
    access_code_hash: str | None = None
    token_hmac: bytes | None = Field(default=None, unique=True)
    token_expires_at: datetime | None = None
    consent_at: datetime | None = None
    consent_version: str | None = Field(default=None, max_length=40)
    consent_sha256: bytes | None = None
    otp_verified_at: datetime | None = None
    invited_at: datetime | None = None
    first_viewed_at: datetime | None = None
    last_viewed_at: datetime | None = None
    view_ms: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    block_ms: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    completed_at: datetime | None = None
    decline_reason: str | None = Field(default=None, sa_type=prose())
    delegated_to: UUID | None = None
    reminder_count: int = Field(default=0, sa_column_kwargs=default(0))
    next_reminder_at: datetime | None = None
    locale: str | None = Field(default=None, max_length=16)
    timezone: str | None = Field(default=None, max_length=64)


class Signature(Identified, table=True):
    """The act of signing and its evidence. Never changed, never deleted."""

    __tablename__ = "signature"
    __table_args__ = (
        belongs_to("signer", "document_id", "signer_id", to=("document_id", "id")),
        belongs_to("document_version", "document_id", "version_id", to=("document_id", "id")),
        *is_sha256("content_sha256", "consent_sha256"),
        CheckConstraint("(kind = 'drawn') = (strokes IS NOT NULL)", name="drawn_has_strokes"),
        CheckConstraint("length(typed_name) > 0", name="named"),
        Index(None, "org_id", "document_id", "signer_id"),
        Index(None, "org_id", "document_id", "version_id"),
    )

    org_id: UUID = Field(foreign_key="org.id")
    document_id: UUID
    signer_id: UUID = Field(unique=True)
    version_id: UUID
    kind: str = Field(sa_type=one_of("kind", "typed", "drawn"))
    typed_name: str = Field(max_length=200)
    strokes: list[Any] | None = Field(default=None, sa_type=json_list())
    field_values: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    intent_text: str = Field(sa_type=prose())
    content_sha256: bytes
    consent_sha256: bytes
    ip: str = Field(sa_type=address())
    user_agent: str = Field(sa_type=prose())
    session_id: UUID | None = None
    evidence: dict[str, Any] = Field(
        default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT
    )
    signed_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})
