"""What every way to pay has in common: an intent goes in, a checkout comes out, and the provider's word is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class PaymentIntent:
    """Our payment row, before the provider knows of it. `return_url` is where the checkout leads back to."""

    payment_id: UUID
    org_id: UUID
    invoice_id: UUID
    amount_minor: int
    currency: str
    label: str
    description: str
    payer_name: str
    payer_email: str
    return_url: str


@dataclass(frozen=True)
class CheckoutRef:
    """`url` is the page where the payer pays; `provider_ref` names the payment there."""

    provider_ref: str
    url: str


class Settlement(StrEnum):
    """How far the provider is. Only PAID means that the money is there."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True)
class ProviderReversal:
    """Money that the provider has sent back: `kind` is refund or chargeback."""

    provider_ref: str
    kind: str
    amount_minor: int
    occurred_at: datetime


@dataclass(frozen=True)
class ProviderPayment:
    """What the provider itself says about a payment, ids as we once sent them (empty when they are not ours)."""

    provider_ref: str
    settlement: Settlement
    amount_minor: int
    currency: str
    payment_id: str
    org_id: str
    invoice_id: str
    paid_at: datetime | None
    reversals: tuple[ProviderReversal, ...]


@dataclass(frozen=True)
class ProviderEvent:
    """Something happened at the provider. `provider_ref` is the payment or the subscription it is about, empty for
    other things."""

    event_id: str
    event_type: str
    occurred_at: datetime
    provider_ref: str


class PaymentProvider(Protocol):
    """Every call raises Unavailable when the provider does not answer; then nothing is known, so ask again."""

    key: str

    def create(self, intent: PaymentIntent) -> CheckoutRef:
        """Open a checkout; for the same `payment_id` always the same one."""

    def fetch(self, provider_ref: str) -> ProviderPayment:
        """What the provider says now. Raises NotFound."""

    def cancel(self, provider_ref: str) -> None:
        """Close a checkout that nobody has paid; one that is paid stays as it is."""
