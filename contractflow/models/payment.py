"""Payments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    Created,
    OfOrg,
    belongs_to,
    currency_code,
    default,
    in_org,
    is_currency,
    is_positive,
    minor,
    one_of,
    stored,
)
from contractflow.workflows.billing import PaymentStatus

_EMPTY = {"server_default": text("''")}


class Payment(Created, OfOrg, table=True):
    """Money that came for an invoice, or went back."""

    __tablename__ = "payment"
    __table_args__ = (
        in_org(),
        UniqueConstraint("provider", "provider_ref", "kind"),
        belongs_to("invoice", "invoice_id"),
        belongs_to("payment", "refunds_id"),
        is_currency(),
        is_positive("amount_minor"),
        CheckConstraint("(kind = 'payment') = (refunds_id IS NULL)", name="refund_names_payment"),
        CheckConstraint(
            "provider <> 'manual' OR status <> 'succeeded' OR recorded_by IS NOT NULL",
            name="recorded_by_somebody",
        ),
        Index(None, "org_id", "invoice_id", "id"),
        Index(None, "org_id", "refunds_id"),
        Index(
            "ix_payment_reported",
            "org_id",
            "created_at",
            "id",
            postgresql_where=text("status = 'pending' AND provider = 'manual'"),
        ),
    )

    invoice_id: UUID
    kind: str = Field(
        default="payment",
        sa_type=one_of("kind", "payment", "refund", "chargeback"),
        sa_column_kwargs=default("payment"),
    )
    provider: str = Field(sa_type=one_of("provider", "paddle", "manual"))
    provider_ref: str = Field(max_length=200)
    amount_minor: int = Field(sa_type=minor())
    currency: str = Field(sa_type=currency_code())
    status: PaymentStatus = Field(
        default=PaymentStatus.PENDING,
        sa_type=stored(PaymentStatus, "status"),
        sa_column_kwargs=default("pending"),
    )
    method: str | None = Field(default=None, max_length=80)
    reference: str = Field(default="", max_length=140, sa_column_kwargs=_EMPTY)
    """What the bank statement says."""
    note: str = Field(default="", max_length=500, sa_column_kwargs=_EMPTY)
    """What the client said about the transfer."""
    fee_minor: int | None = Field(default=None, sa_type=minor())
    refunds_id: UUID | None = None
    recorded_by: UUID | None = None
    """The user who matched a bank transfer."""
    occurred_at: datetime
