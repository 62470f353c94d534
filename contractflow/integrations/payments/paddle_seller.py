"""Checkouts in a Paddle seller account: our payment's id travels in `custom_data`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from paddle_billing.Entities.Shared import (
    AdjustmentStatus,
    CurrencyCode,
    CustomData,
    Money,
    PriceQuantity,
    TaxCategory,
    TaxMode,
    TransactionStatus,
)
from paddle_billing.Resources.Adjustments.Operations import ListAdjustments
from paddle_billing.Resources.Transactions.Operations import CreateTransaction, UpdateTransaction
from paddle_billing.Resources.Transactions.Operations.Create import TransactionCreateItemWithPrice
from paddle_billing.Resources.Transactions.Operations.Price import (
    TransactionNonCatalogPriceWithProduct,
    TransactionNonCatalogProduct,
)

from contractflow.integrations.payments.paddle_account import PaddleAccount, ours
from contractflow.integrations.payments.port import (
    CheckoutRef,
    PaymentIntent,
    ProviderPayment,
    ProviderReversal,
    Settlement,
)

_REVERSALS = ("refund", "chargeback")
_PAID = ("paid", "completed")
_SETTLEMENTS = dict.fromkeys(_PAID, Settlement.PAID) | {"canceled": Settlement.FAILED}


class PaddleProvider(PaddleAccount):
    """Checkouts in the seller account of the API key."""

    key = "paddle"
    away = "The payment page cannot be opened right now. Nothing was charged; try again in a minute."

    def create(self, intent: PaymentIntent) -> CheckoutRef:
        """See PaymentProvider."""
        customer_id = self._customer(intent.payer_email, intent.payer_name)
        wanted = _transaction(customer_id, intent)
        found = self._opened(customer_id, wanted, "payment_id", str(intent.payment_id))
        return CheckoutRef(found.id, found.checkout.url)

    def fetch(self, provider_ref: str) -> ProviderPayment:
        transaction = self._ask(lambda paddle: paddle.transactions.get(provider_ref))
        known = ours(transaction)
        return ProviderPayment(
            provider_ref=transaction.id,
            settlement=_SETTLEMENTS.get(transaction.status.value, Settlement.PENDING),
            amount_minor=int(transaction.details.totals.grand_total),
            currency=transaction.currency_code.value,
            payment_id=str(known.get("payment_id", "")),
            org_id=str(known.get("org_id", "")),
            invoice_id=str(known.get("invoice_id", "")),
            paid_at=transaction.billed_at,
            reversals=tuple(self._reversals(provider_ref)),
        )

    def cancel(self, provider_ref: str) -> None:
        if self.fetch(provider_ref).settlement is Settlement.PENDING:
            canceled = UpdateTransaction(status=TransactionStatus.Canceled)
            self._ask(lambda paddle: paddle.transactions.update(provider_ref, canceled))

    def events_since(self, moment: datetime) -> Iterator[bytes]:
        """Every event since `moment`, oldest first, as its webhook's body would be: the way to find lost ones."""
        url, query = "/events", {"from": moment.isoformat(), "per_page": "200"}
        while url:
            page = self._raw_page(url, query)
            yield from (json.dumps(event).encode() for event in page["data"])
            pagination = page["meta"]["pagination"]
            url, query = (pagination["next"], {}) if pagination["has_more"] else ("", {})

    def _raw_page(self, url: str, query: dict[str, str]) -> dict[str, Any]:
        page: dict[str, Any] = self._ask(lambda paddle: paddle.get_raw(url, query).json())
        return page

    def _reversals(self, provider_ref: str) -> Iterator[ProviderReversal]:
        approved = ListAdjustments(transaction_ids=[provider_ref], statuses=[AdjustmentStatus.Approved])
        for one in self._ask(lambda paddle: list(paddle.adjustments.list(approved))):
            if one.action.value in _REVERSALS:
                yield ProviderReversal(one.id, one.action.value, int(one.totals.total), one.created_at)


def _transaction(customer_id: str, intent: PaymentIntent) -> CreateTransaction:
    currency = CurrencyCode(intent.currency)
    price = TransactionNonCatalogPriceWithProduct(
        description=intent.description,
        name=intent.label,
        unit_price=Money(str(intent.amount_minor), currency),
        tax_mode=TaxMode.Internal,  # what was agreed is what is charged: tax is inside, never on top
        quantity=PriceQuantity(1, 1),
        product=TransactionNonCatalogProduct(name=intent.label, tax_category=TaxCategory.Standard),
    )
    ids = {"org_id": intent.org_id, "invoice_id": intent.invoice_id, "payment_id": intent.payment_id}
    known = {name: str(value) for name, value in ids.items()} | {"return_url": intent.return_url}
    return CreateTransaction(
        items=[TransactionCreateItemWithPrice(price=price, quantity=1)],
        customer_id=customer_id,
        currency_code=currency,
        custom_data=CustomData(known),
    )
