"""Paddle: the seller account of this process, and the webhooks Paddle signs."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from contractflow.config import settings
from contractflow.integrations.payments.port import ProviderEvent

if TYPE_CHECKING:
    from contractflow.integrations.payments.paddle_plans import PaddlePlans
    from contractflow.integrations.payments.paddle_seller import PaddleProvider

# Paddle's SDK takes a third of a second to import: whoever first asks Paddle pays it, in a thread, not every start.

log = logging.getLogger(__name__)

SIGNATURE_HEADER = "Paddle-Signature"
_OLDEST_WEBHOOK = 30  # seconds; Paddle signs every try anew


def provider() -> PaddleProvider | None:
    """The one of this process, when a key is configured."""
    key = settings().paddle_api_key
    return _provider(key.get_secret_value(), settings().paddle_base_url) if key else None


def plans() -> PaddlePlans | None:
    """What organisations buy from us, when tiers are for sale here."""
    key = settings().paddle_api_key if settings().paddle_prices else None
    return _plans(key.get_secret_value(), settings().paddle_base_url) if key else None


@cache
def _plans(api_key: str, base_url: str) -> PaddlePlans:
    from contractflow.integrations.payments.paddle_plans import PaddlePlans  # noqa: PLC0415

    return PaddlePlans(api_key, base_url)


@cache
def _provider(api_key: str, base_url: str) -> PaddleProvider:
    from contractflow.integrations.payments.paddle_seller import PaddleProvider  # noqa: PLC0415

    return PaddleProvider(api_key, base_url)


def verify_webhook(headers: Mapping[str, str], raw: bytes) -> bool:
    """Whether Paddle signed exactly these bytes, lately, with one of our secrets. Never raises."""
    configured = settings().paddle_webhook_secret
    if configured is None:
        return False
    from paddle_billing.Notifications import Secret, Verifier  # noqa: PLC0415

    secrets = [Secret(one.strip()) for one in configured.get_secret_value().split(",") if one.strip()]
    # The SDK reads one spelling of the header, and its answer to nonsense is an exception.
    signed = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE_HEADER.lower(), "")
    request = SimpleNamespace(headers={SIGNATURE_HEADER: signed}, body=raw)
    try:
        return Verifier(maximum_variance=_OLDEST_WEBHOOK).verify(request, secrets) is True
    except Exception as nonsense:  # noqa: BLE001  whatever it is, it is not a signature
        log.info("webhook refused: %s", type(nonsense).__name__)
        return False


def read_event(raw: bytes) -> ProviderEvent:
    """The event in a webhook's body. Raises ValueError when it is not one."""
    try:
        event = json.loads(raw)
        about = event["data"]
        return ProviderEvent(
            event_id=str(event["event_id"]),
            event_type=str(event["event_type"]),
            occurred_at=datetime.fromisoformat(event["occurred_at"]),
            provider_ref=_about(event["event_type"], about),
        )
    except (KeyError, TypeError, AttributeError) as missing:
        raise ValueError(f"not an event of Paddle: {missing!r}") from missing


def _about(event_type: str, about: Mapping[str, Any]) -> str:
    """The subscription or the transaction; whatever a subscription is billed or gets back is about the subscription.

    An order of a plan is nobody's payment: the subscription that begins with it brings events of its own.
    """
    kind = event_type.partition(".")[0]
    if kind == "subscription":
        return str(about["id"])
    if kind in ("transaction", "adjustment") and about.get("subscription_id"):
        return str(about["subscription_id"])
    if kind == "transaction":
        return "" if "order_id" in (about.get("custom_data") or {}) else str(about["id"])
    return str(about["transaction_id"]) if kind == "adjustment" else ""
