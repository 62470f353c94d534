"""Invoices."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from contractflow.models.columns import (
    EMPTY_LIST,
    EMPTY_OBJECT,
    Created,
    OfOrg,
    belongs_to,
    currency_code,
    default,
    in_org,
    is_currency,
    is_not_negative,
    is_sha256,
    json_list,
    json_object,
    minor,
    one_of,
    prose,
    stored,
)
from contractflow.workflows.billing import InvoiceStatus

_ON_SIGNATURE = {"server_default": text("""'{"on": "signature"}'::jsonb""")}


class Invoice(Created, OfOrg, table=True):
    """What a client owes. Numbered without gaps and frozen when it opens."""

    __tablename__ = "invoice"
    __table_args__ = (
        in_org(),
        UniqueConstraint("org_id", "number"),
        UniqueConstraint("document_id", "plan_key", "seq"),
        belongs_to("client", "client_id"),
        belongs_to("document", "document_id"),
        belongs_to("project", "client_id", "project_id", to=("client_id", "id")),
        is_currency(),
        is_not_negative("subtotal_minor"),
        is_not_negative("tax_minor"),
        *is_sha256("pay_token_hmac"),
        CheckConstraint("total_minor = subtotal_minor + tax_minor", name="total_adds_up"),
        CheckConstraint("paid_minor BETWEEN 0 AND total_minor", name="paid_within_total"),
        CheckConstraint(
            "(status = 'scheduled') = (number IS NULL) OR status = 'void'", name="issued_has_number"
        ),
        CheckConstraint("status <> 'paid' OR paid_minor = total_minor", name="paid_in_full"),
        CheckConstraint(
            "status <> 'partially_paid' OR (paid_minor > 0 AND paid_minor < total_minor)", name="paid_in_part"
        ),
        CheckConstraint("status NOT IN ('scheduled', 'open') OR paid_minor = 0", name="unpaid"),
        Index(None, "org_id", "client_id", "project_id"),
        Index(None, "org_id", "document_id"),
        Index("ix_invoice_list", "org_id", "status", "created_at", "id"),
        Index(
            "ix_invoice_overdue",
            "org_id",
            "due_on",
            "id",
            postgresql_where=text("status IN ('open', 'partially_paid')"),
        ),
        Index(
            "ix_invoice_open",
            "org_id",
            "id",
            "due_on",
            postgresql_where=text("status IN ('open', 'partially_paid')"),
        ),
        Index("ix_invoice_due_issue", "id", postgresql_where=text("status = 'scheduled'")),
        Index(
            "ix_invoice_due_reminder",
            "next_reminder_at",
            postgresql_where=text("status IN ('open', 'partially_paid')"),
        ),
    )

    client_id: UUID
    document_id: UUID | None = None
    project_id: UUID | None = None
    plan_key: str | None = Field(default=None, max_length=80)
    seq: int = Field(default=1, sa_column_kwargs=default(1))
    number: str | None = Field(default=None, max_length=40)
    """Given by the database when the invoice opens; refresh the row to read it."""
    kind: str = Field(
        sa_type=one_of("kind", "deposit", "milestone", "installment", "retainer", "final", "one_off")
    )
    label: str = Field(max_length=300)
    status: InvoiceStatus = Field(
        default=InvoiceStatus.SCHEDULED,
        sa_type=stored(InvoiceStatus, "status"),
        sa_column_kwargs=default("scheduled"),
    )
    currency: str = Field(sa_type=currency_code())
    lines: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    subtotal_minor: int = Field(sa_type=minor())
    tax: list[Any] = Field(default_factory=list, sa_type=json_list(), sa_column_kwargs=EMPTY_LIST)
    tax_minor: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    total_minor: int = Field(sa_type=minor())
    paid_minor: int = Field(default=0, sa_type=minor(), sa_column_kwargs=default(0))
    """Succeeded payments less refunds; the database compares at commit."""
    trigger: dict[str, Any] = Field(
        default_factory=lambda: {"on": "signature"}, sa_type=json_object(), sa_column_kwargs=_ON_SIGNATURE
    )
    """What issues it: {"on": "signature"} or {"on": "date", "date": "2027-01-31"}; anything else waits for a person."""
    issued_at: datetime | None = None
    due_on: date | None = None
    seller: dict[str, Any] = Field(default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT)
    buyer: dict[str, Any] = Field(default_factory=dict, sa_type=json_object(), sa_column_kwargs=EMPTY_OBJECT)
    memo: str | None = Field(default=None, sa_type=prose())
    wants_reminders: bool = Field(default=True, sa_column_kwargs=default(value=True))
    reminder_count: int = Field(default=0, sa_column_kwargs=default(0))
    reminded_at: datetime | None = None
    next_reminder_at: datetime | None = None
    """When it is looked at next because its day has passed: services/invoices/reminder_days.py."""
    pay_token_hmac: bytes | None = Field(default=None, unique=True)
    provider_ref: str | None = Field(default=None, max_length=200)
