"""A Paddle account through Paddle's own SDK: the client of each thread, what its faults mean, and who pays.

A module of its own: the SDK is 700 modules large. Paddle knows no idempotency keys and a POST is never repeated by the
SDK, so everything that is created carries an id of ours in `custom_data`, and is looked for before it is created.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeVar

from paddle_billing import Client, Options
from paddle_billing.Exceptions.ApiError import ApiError
from paddle_billing.Resources.Customers.Operations import CreateCustomer, ListCustomers
from paddle_billing.Resources.Transactions.Operations import CreateTransaction, ListTransactions
from requests import RequestException

from contractflow.errors import NotFound, Unavailable

log = logging.getLogger(__name__)

_SECONDS = 10.0
_GONE = 404
_SERVER = 500

Answer = TypeVar("Answer")


class PaddleAccount:
    """The account of the API key. One SDK client per thread: it is not safe to share."""

    noun = "payment"
    away = "Paddle does not answer right now. Nothing was changed; try again in a minute."

    def __init__(self, api_key: str, base_url: str) -> None:
        self._api_key, self._base_url = api_key, base_url
        self._of_thread = threading.local()

    def _ask(self, call: Callable[[Client], Answer]) -> Answer:
        """The answer of one call. Raises NotFound, Unavailable."""
        try:
            return call(self._client)
        except ApiError as refused:
            if refused.response.status_code == _GONE:
                raise NotFound(self.noun) from refused
            raise self._unavailable(refused) from refused
        except RequestException as problem:
            raise self._unavailable(problem) from problem

    def _customer(self, email: str, name: str) -> str:
        """Whoever pays, by address: Paddle knows each once."""
        try:
            return str(self._client.customers.create(CreateCustomer(email=email, name=name)).id)
        except ApiError as refused:
            if refused.error_code != "customer_already_exists":
                raise self._unavailable(refused) from refused
        except RequestException as problem:
            raise self._unavailable(problem) from problem
        known = self._ask(lambda paddle: list(paddle.customers.list(ListCustomers(emails=[email]))))
        return str(known[0].id)

    def _find(self, customer_id: str, name: str, value: str) -> Any:
        """The customer's transaction that carries our id; None without one."""
        mine = ListTransactions(customer_ids=[customer_id])
        for transaction in self._ask(lambda paddle: list(paddle.transactions.list(mine))):
            if ours(transaction).get(name) == value:
                return transaction
        return None

    def _opened(self, customer_id: str, wanted: CreateTransaction, name: str, value: str) -> Any:
        """The transaction with our id: the one that is there, else a new one. A time-out is ambiguous: looked up."""
        if found := self._find(customer_id, name, value):
            return found
        try:
            return self._client.transactions.create(wanted)
        except RequestException as problem:
            if is_ambiguous(problem) and (found := self._find(customer_id, name, value)):
                return found
            raise self._unavailable(problem) from problem

    def _unavailable(self, problem: Exception) -> Unavailable:
        log.warning("paddle: %s", problem)
        return Unavailable(self.away)

    @property
    def _client(self) -> Client:
        if not hasattr(self._of_thread, "client"):
            # The SDK knows two addresses by name and reads nothing but `base_url` from them.
            place = Options(environment=SimpleNamespace(base_url=self._base_url))
            self._of_thread.client = Client(self._api_key, options=place, timeout=_SECONDS)
        return self._of_thread.client


def ours(entity: Any) -> dict[str, Any]:
    """What we once told Paddle to keep with it."""
    return dict(entity.custom_data.data) if entity.custom_data else {}


def is_ambiguous(problem: RequestException) -> bool:
    """Whether it may have been done all the same: no answer, or an answer of a server in trouble."""
    return problem.response is None or problem.response.status_code >= _SERVER
