"""Files."""

from datetime import datetime
from typing import Any
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
    is_sha256,
    json_object,
    minor,
    one_of,
)


class Artifact(Created, OfOrg, table=True):
    """A file: its facts, and its bytes until there is an object storage."""

    __tablename__ = "artifact"
    __table_args__ = (
        in_org(),
        belongs_to("document", "document_id"),
        belongs_to("invoice", "invoice_id"),
        is_not_negative("size_bytes"),
        *is_sha256("sha256"),
        CheckConstraint("kind <> 'sealed_pdf' OR seal IS NOT NULL", name="sealed_has_seal"),
        CheckConstraint("num_nonnulls(content, storage_key, purged_at) > 0", name="kept_somewhere"),
        Index(
            "uq_artifact_one_seal", "document_id", unique=True, postgresql_where=text("kind = 'sealed_pdf'")
        ),
        Index("ix_artifact_sealed", "org_id", "id", postgresql_where=text("kind = 'sealed_pdf'")),
        Index(None, "org_id", "document_id", "id"),
        Index(None, "org_id", "invoice_id", "id"),
    )

    document_id: UUID | None = None
    invoice_id: UUID | None = None
    kind: str = Field(
        sa_type=one_of(
            "kind",
            "source",
            "attachment",
            "sealed_pdf",
            "certificate",
            "invoice_pdf",
            "receipt_pdf",
            "export",
            "logo",
        )
    )
    filename: str = Field(max_length=255)
    mime: str = Field(max_length=120)
    size_bytes: int = Field(sa_type=minor())
    storage_key: str | None = Field(default=None, unique=True, max_length=500)
    content: bytes | None = None
    sha256: bytes
    seal: dict[str, Any] | None = Field(default=None, sa_type=json_object())
    scan_state: str = Field(
        default="clean",
        sa_type=one_of("scan_state", "pending", "clean", "blocked"),
        sa_column_kwargs=default("clean"),
    )
    created_by: UUID | None = None
    purged_at: datetime | None = None
