"""Checkouts in a Paddle seller account, through Paddle's own SDK. A module of its own: the SDK is 700 modules large.

Paddle knows no idempotency keys and a POST is never repeated by the SDK. So our payment's id travels in
`custom_data`, and before a checkout is created, one with that id is looked for.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar

from paddle_billing import Client, Options
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
from paddle_billing.Exceptions.ApiError import ApiError
from paddle_billing.Resources.Adjustments.Operations import ListAdjustments
from paddle_billing.Resources.Customers.Operations import CreateCustomer, ListCustomers
from paddle_billing.Resources.Transactions.Operations import (
    CreateTransaction,
    ListTransactions,
    UpdateTransaction,
)
from paddle_billing.Resources.Transactions.Operations.Create import TransactionCreateItemWithPrice
from paddle_billing.Resources.Transactions.Operations.Price import (
    TransactionNonCatalogPriceWithProduct,
    TransactionNonCatalogProduct,
)
from requests import RequestException

from contractflow.errors import NotFound, Unavailable
from contractflow.integrations.payments.port import (
    CheckoutRef,
    PaymentIntent,
    ProviderPayment,
    ProviderReversal,
    Settlement,
)

log = logging.getLogger(__name__)

_SECONDS = 10.0
_GONE = 404
_SERVER = 500
_REVERSALS = ("refund", "chargeback")
_PAID = ("paid", "completed")
_SETTLEMENTS = dict.fromkeys(_PAID, Settlement.PAID) | {"canceled": Settlement.FAILED}

Answer = TypeVar("Answer")


class PaddleProvider:
    """Checkouts in the seller account of the API key. One SDK client per thread: it is not safe to share."""

    key = "paddle"

    def __init__(self, api_key: str, base_url: str) -> None:
        self._api_key, self._base_url = api_key, base_url
        self._of_thread = threading.local()

    def create(self, intent: PaymentIntent) -> CheckoutRef:
        """See PaymentProvider. A time-out is ambiguous, so the answer is looked up before giving up."""
        customer_id = self._customer(intent)
        found = self._find(customer_id, intent)
        if found is None:
            found = self._create(customer_id, intent)
        return CheckoutRef(found.id, found.checkout.url)

    def fetch(self, provider_ref: str) -> ProviderPayment:
        transaction = self._ask(lambda paddle: paddle.transactions.get(provider_ref))
        ours: dict[str, Any] = transaction.custom_data.data if transaction.custom_data else {}
        return ProviderPayment(
            provider_ref=transaction.id,
            settlement=_SETTLEMENTS.get(transaction.status.value, Settlement.PENDING),
            amount_minor=int(transaction.details.totals.grand_total),
            currency=transaction.currency_code.value,
            payment_id=str(ours.get("payment_id", "")),
            org_id=str(ours.get("org_id", "")),
            invoice_id=str(ours.get("invoice_id", "")),
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

    def _customer(self, intent: PaymentIntent) -> str:
        try:
            wanted = CreateCustomer(email=intent.payer_email, name=intent.payer_name)
            return str(self._client.customers.create(wanted).id)
        except ApiError as refused:
            if refused.error_code != "customer_already_exists":
                raise _unavailable(refused) from refused
        except RequestException as problem:
            raise _unavailable(problem) from problem
        known = self._ask(
            lambda paddle: list(paddle.customers.list(ListCustomers(emails=[intent.payer_email])))
        )
        return str(known[0].id)

    def _find(self, customer_id: str, intent: PaymentIntent) -> Any:
        mine = ListTransactions(customer_ids=[customer_id])
        for transaction in self._ask(lambda paddle: list(paddle.transactions.list(mine))):
            ours = transaction.custom_data.data if transaction.custom_data else {}
            if ours.get("payment_id") == str(intent.payment_id):
                return transaction
        return None

    def _create(self, customer_id: str, intent: PaymentIntent) -> Any:
        try:
            return self._client.transactions.create(_transaction(customer_id, intent))
        except RequestException as problem:
            if _is_ambiguous(problem) and (found := self._find(customer_id, intent)):
                return found
            raise _unavailable(problem) from problem

    def _ask(self, call: Callable[[Client], Answer]) -> Answer:
        try:
            return call(self._client)
        except ApiError as refused:
            if refused.response.status_code == _GONE:
                raise NotFound("payment") from refused
            raise _unavailable(refused) from refused
        except RequestException as problem:
            raise _unavailable(problem) from problem

    @property
    def _client(self) -> Client:
        if not hasattr(self._of_thread, "client"):
            # The SDK knows two addresses by name and reads nothing but `base_url` from them.
            place = Options(environment=SimpleNamespace(base_url=self._base_url))
            self._of_thread.client = Client(self._api_key, options=place, timeout=_SECONDS)
        return self._of_thread.client


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
    ours = {name: str(value) for name, value in ids.items()} | {"return_url": intent.return_url}
    return CreateTransaction(
        items=[TransactionCreateItemWithPrice(price=price, quantity=1)],
        customer_id=customer_id,
        currency_code=currency,
        custom_data=CustomData(ours),
    )


def _is_ambiguous(problem: RequestException) -> bool:
    """Whether it may have been done all the same: no answer, or an answer of a server in trouble."""
    return problem.response is None or problem.response.status_code >= _SERVER


def _unavailable(problem: Exception) -> Unavailable:
    log.warning("paddle: %s", problem)
    return Unavailable(
        "The payment page cannot be opened right now. Nothing was charged; try again in a minute."
    )
