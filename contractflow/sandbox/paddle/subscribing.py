"""Subscriptions: made by paying a recurring price, changed through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from contractflow.sandbox.paddle.books import Books, Entity, moment

_PERIOD = timedelta(days=30)
_TRIAL = timedelta(days=14)


def subscribe(books: Books, transaction: Entity) -> Entity | None:
    """The subscription that `transaction` starts, or None when nothing in it recurs."""
    recurring = [item for item in transaction["items"] if item["price"]["billing_cycle"]]
    if not recurring:
        return None
    start = datetime.now(UTC)
    on_trial = bool(recurring[0]["price"]["trial_period"])
    end = start + (_TRIAL if on_trial else _PERIOD)
    subscription = books.add(
        "subscriptions",
        "sub",
        **dict.fromkeys(
            ("business_id", "paused_at", "canceled_at", "discount", "billing_details", "import_meta")
        ),
        status="trialing" if on_trial else "active",
        customer_id=transaction["customer_id"],
        address_id=transaction["address_id"],
        currency_code=transaction["currency_code"],
        started_at=moment(start),
        first_billed_at=None if on_trial else moment(start),
        next_billed_at=moment(end),
        collection_mode="automatic",
        current_billing_period={"starts_at": moment(start), "ends_at": moment(end)},
        billing_cycle=recurring[0]["price"]["billing_cycle"],
        scheduled_change=None,
        management_urls={"update_payment_method": None, "cancel": None},
        consent_requirements=[],
        custom_data=transaction["custom_data"],
        items=[_item(books, item["price"], item["quantity"], start, end, on_trial) for item in recurring],
    )
    books.emit("subscription.created", {**subscription, "transaction_id": transaction["id"]})
    books.emit("subscription.trialing" if on_trial else "subscription.activated", subscription)
    return subscription


def proration_is_missing(asked: dict[str, Any]) -> bool:
    return bool(asked.get("items")) and not asked.get("proration_billing_mode")


def change_subscription(books: Books, subscription: Entity, verb: str, asked: dict[str, Any]) -> None:
    """`verb` is update, cancel, pause, resume or activate."""
    now = datetime.now(UTC)
    match verb:
        case "cancel" | "pause" if asked.get("effective_from") == "immediately":
            status, stamp = ("canceled", "canceled_at") if verb == "cancel" else ("paused", "paused_at")
            books.change(subscription, status=status, **{stamp: moment(now)})
        case "cancel" | "pause":
            at = subscription["current_billing_period"]["ends_at"]
            books.change(
                subscription, scheduled_change={"action": verb, "effective_at": at, "resume_at": None}
            )
        case "resume" | "activate":
            books.change(subscription, status="active", paused_at=None)
        case _:
            _update(books, subscription, asked, now)
    books.emit("subscription.updated", subscription)
    if subscription["status"] in ("canceled", "paused"):
        books.emit(f"subscription.{subscription['status']}", subscription)


def _update(books: Books, subscription: Entity, asked: dict[str, Any], now: datetime) -> None:
    if asked.get("items"):
        items = [
            _item(
                books, books["prices"][item["price_id"]], item.get("quantity", 1), now, now + _PERIOD, False
            )
            for item in asked["items"]
        ]
        books.change(subscription, items=items)
    if "scheduled_change" in asked and asked["scheduled_change"] is None:
        books.change(subscription, scheduled_change=None)


def _item(
    books: Books, price: Entity, quantity: int, start: datetime, end: datetime, on_trial: bool
) -> Entity:
    period = {"starts_at": moment(start), "ends_at": moment(end)}
    return {
        "status": "trialing" if on_trial else "active",
        "quantity": quantity,
        "recurring": True,
        "created_at": moment(start),
        "updated_at": moment(start),
        "previously_billed_at": None if on_trial else moment(start),
        "next_billed_at": moment(end),
        "trial_dates": period if on_trial else None,
        "price": price,
        "product": books["products"][price["product_id"]],
    }
