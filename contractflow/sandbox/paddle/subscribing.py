"""Subscriptions: made by paying a recurring price, changed through the API, renewed when somebody says so.

Here no month passes: the customer portal has a button that ends the period, and one that makes the card be declined.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from contractflow.sandbox.paddle.answering import Refused
from contractflow.sandbox.paddle.books import Books, Entity, moment
from contractflow.sandbox.paddle.transactions import add_transaction, as_item, details_of

_DAYS = {"month": 30, "year": 365}
_CHARGED = ("prorated_immediately", "full_immediately")


def subscribe(books: Books, transaction: Entity) -> Entity | None:
    """The subscription that `transaction` starts, or None when nothing in it recurs."""
    recurring = [item for item in transaction["items"] if item["price"]["billing_cycle"]]
    if not recurring:
        return None
    start = datetime.now(UTC)
    cycle = recurring[0]["price"]["billing_cycle"]
    end = start + _length(cycle)
    subscription = books.add(
        "subscriptions",
        "sub",
        **dict.fromkeys(
            ("business_id", "paused_at", "canceled_at", "discount", "billing_details", "import_meta")
        ),
        status="active",
        customer_id=transaction["customer_id"],
        address_id=transaction["address_id"] or "add_sandbox",
        currency_code=transaction["currency_code"],
        started_at=moment(start),
        first_billed_at=moment(start),
        next_billed_at=moment(end),
        collection_mode="automatic",
        current_billing_period={"starts_at": moment(start), "ends_at": moment(end)},
        billing_cycle=cycle,
        scheduled_change=None,
        management_urls={"update_payment_method": None, "cancel": ""},
        consent_requirements=[],
        custom_data=transaction["custom_data"],
        items=[_item(books, item["price"], item["quantity"], start, end) for item in recurring],
    )
    books.emit("subscription.created", {**subscription, "transaction_id": transaction["id"]})
    books.emit("subscription.activated", subscription)
    return subscription


def shown(books: Books, subscription: Entity, include: str = "") -> Entity:
    """As the API answers it, with what would be billed next if that is asked for."""
    goes_on = subscription["next_billed_at"] and not subscription["scheduled_change"]
    if "next_transaction" not in include or not goes_on:
        return subscription
    return subscription | {"next_transaction": _next_transaction(books, subscription)}


def change_subscription(books: Books, subscription: Entity, verb: str, asked: dict[str, Any]) -> None:
    """`verb` is update, cancel, pause, resume or activate. Raises Refused as Paddle does."""
    if subscription["status"] == "canceled":
        raise Refused(400, "subscription_is_canceled_action_invalid", "The subscription is canceled")
    now = datetime.now(UTC)
    match verb:
        case "cancel" | "pause" if asked.get("effective_from") == "immediately":
            _end(books, subscription, verb)
            return
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


def preview(books: Books, subscription: Entity, asked: dict[str, Any]) -> Entity:
    """What an update would do and cost; nothing is changed."""
    _check(subscription, asked)
    now, currency = datetime.now(UTC), subscription["currency_code"]
    would = copy.deepcopy(subscription)
    credit, charge = _proration(books, subscription, asked, now)
    _put_items(books, would, asked, now)
    money = {"currency_code": currency}
    due = charge - credit
    return would | {
        "next_transaction": _next_transaction(books, would),
        "immediate_transaction": _would_bill(books, would, due) if due > 0 else None,
        "recurring_transaction_details": details_of(books, list(map(_as_bought, would["items"])), currency),
        "update_summary": {
            "credit": money | {"amount": str(credit)},
            "charge": money | {"amount": str(charge)},
            "result": money | {"action": "charge" if due >= 0 else "credit", "amount": str(abs(due))},
        },
    }


def end_period(books: Books, subscription: Entity) -> None:
    """The time that is paid for is over: it ends if that is scheduled, else the card is charged for the next one."""
    if subscription["status"] == "canceled":
        return
    later = subscription["scheduled_change"]
    if later:
        _end(books, subscription, later["action"])
        return
    start = datetime.fromisoformat(subscription["current_billing_period"]["ends_at"])
    _begin_period(books, subscription, start)
    bill = add_transaction(
        books,
        items=list(map(_as_bought, subscription["items"])),
        origin="subscription_recurring",
        subscription=subscription,
        status="ready",
    )
    if is_declined(books, subscription):
        books.change(bill, status="past_due")
        books.emit("transaction.payment_failed", bill)
        books.change(subscription, status="past_due")
        books.emit("subscription.past_due", subscription)
        books.emit("subscription.updated", subscription)
    else:
        settle(books, bill, subscription)


def settle(books: Books, bill: Entity, subscription: Entity) -> None:
    """A bill of the subscription is paid; when none is past due any more, it is active again."""
    totals = bill["details"]["totals"] | {"balance": "0"}
    number = f"SANDBOX-{len(books['transactions']):05d}"
    books.change(
        bill,
        status="completed",
        billed_at=moment(),
        invoice_number=number,
        invoice_id=f"inv_{bill['id'][4:]}",
        details=bill["details"] | {"totals": totals},
    )
    books.emit("transaction.completed", bill)
    if subscription["status"] == "past_due":
        books.change(subscription, status="active")
        books.emit("subscription.activated", subscription)
    books.emit("subscription.updated", subscription)


def card_change(books: Books, subscription: Entity) -> Entity:
    """The transaction that takes another card: what is past due, or one over nothing."""
    for bill in books["transactions"].values():
        if bill["subscription_id"] == subscription["id"] and bill["status"] == "past_due":
            return bill
    free = [_as_bought(item, amount=0) for item in subscription["items"]]
    origin = "subscription_payment_method_change"
    return add_transaction(books, items=free, origin=origin, subscription=subscription, status="ready")


def is_declined(books: Books, subscription: Entity) -> bool:
    return bool(books["cards"].get(subscription["id"]))


def decline_card(books: Books, subscription: Entity, *, declined: bool) -> None:
    books["cards"][subscription["id"]] = {"id": subscription["id"], "declined": declined} if declined else {}
    books.change(subscription)


def _end(books: Books, subscription: Entity, verb: str) -> None:
    status, stamp = ("canceled", "canceled_at") if verb == "cancel" else ("paused", "paused_at")
    gone = {"scheduled_change": None, "next_billed_at": None, "current_billing_period": None}
    books.change(subscription, **{"status": status, stamp: moment()}, **gone)
    books.emit("subscription.updated", subscription)
    books.emit(f"subscription.{status}", subscription)


def _check(subscription: Entity, asked: dict[str, Any]) -> None:
    if asked.get("items") and not asked.get("proration_billing_mode"):
        detail = "proration_billing_mode is required when updating items"
        raise Refused(400, "subscription_proration_required", detail)
    if asked.get("items") and subscription["scheduled_change"]:
        detail = "The subscription has a scheduled change"
        raise Refused(400, "subscription_locked_pending_changes", detail)
    if asked.get("items") and subscription["status"] == "past_due":
        detail = "Items of a past due subscription can't be changed"
        raise Refused(400, "subscription_update_when_past_due", detail)


def _update(books: Books, subscription: Entity, asked: dict[str, Any], now: datetime) -> None:
    _check(subscription, asked)
    if asked.get("items"):
        credit, charge = _proration(books, subscription, asked, now)
        due = charge - credit if asked["proration_billing_mode"] in _CHARGED else 0
        if due > 0 and is_declined(books, subscription):
            raise Refused(400, "subscription_payment_declined", "The payment was declined")
        _put_items(books, subscription, asked, now)
        if due > 0:
            items = [_as_bought(subscription["items"][0], amount=due)]
            bill = add_transaction(
                books, items=items, origin="subscription_update", subscription=subscription, status="ready"
            )
            settle(books, bill, subscription)
    if "scheduled_change" in asked and asked["scheduled_change"] is None:
        books.change(subscription, scheduled_change=None)
    if "custom_data" in asked:
        books.change(subscription, custom_data=asked["custom_data"])


def _put_items(books: Books, subscription: Entity, asked: dict[str, Any], now: datetime) -> None:
    """Another interval begins a new period at once; the same one goes on in the present period."""
    prices = [(books["prices"][item["price_id"]], item.get("quantity", 1)) for item in asked["items"]]
    cycle = prices[0][0]["billing_cycle"]
    is_new = cycle != subscription["billing_cycle"]
    if is_new:
        period = {"starts_at": moment(now), "ends_at": moment(now + _length(cycle))}
        subscription.update(
            billing_cycle=cycle, current_billing_period=period, next_billed_at=period["ends_at"]
        )
    period = subscription["current_billing_period"]
    start, end = (datetime.fromisoformat(period[edge]) for edge in ("starts_at", "ends_at"))
    subscription["items"] = [_item(books, price, quantity, start, end) for price, quantity in prices]
    subscription["updated_at"] = moment()


def _proration(books: Books, subscription: Entity, asked: dict[str, Any], now: datetime) -> tuple[int, int]:
    """What is given back for the rest of the period, and what the new items cost for it."""
    period = subscription["current_billing_period"]
    start, end = (datetime.fromisoformat(period[edge]) for edge in ("starts_at", "ends_at"))
    left = max(0.0, (end - now) / (end - start))
    old = sum(_amount(item["price"]) * item["quantity"] for item in subscription["items"])
    prices = [books["prices"][item["price_id"]] for item in asked["items"]]
    new = sum(map(_amount, prices))
    part = 1.0 if prices[0]["billing_cycle"] != subscription["billing_cycle"] else left
    return round(old * left), round(new * part)


def _begin_period(books: Books, subscription: Entity, start: datetime) -> None:
    end = start + _length(subscription["billing_cycle"])
    items = [_item(books, item["price"], item["quantity"], start, end) for item in subscription["items"]]
    period = {"starts_at": moment(start), "ends_at": moment(end)}
    books.change(subscription, current_billing_period=period, next_billed_at=moment(end), items=items)


def _next_transaction(books: Books, subscription: Entity) -> Entity:
    start = datetime.fromisoformat(subscription["current_billing_period"]["ends_at"])
    end = start + _length(subscription["billing_cycle"])
    items = list(map(_as_bought, subscription["items"]))
    return {
        "billing_period": {"starts_at": moment(start), "ends_at": moment(end)},
        "details": details_of(books, items, subscription["currency_code"]),
        "adjustments": [],
    }


def _would_bill(books: Books, subscription: Entity, amount: int) -> Entity:
    items = [_as_bought(subscription["items"][0], amount=amount)]
    return {
        "billing_period": subscription["current_billing_period"],
        "details": details_of(books, items, subscription["currency_code"]),
        "adjustments": [],
    }


def _as_bought(item: Entity, amount: int | None = None) -> Entity:
    """A line of a transaction for an item of a subscription, over its price or another amount."""
    price = item["price"]
    if amount is not None:
        price = price | {"unit_price": price["unit_price"] | {"amount": str(amount)}}
    return as_item(price, item["quantity"])


def _length(cycle: Entity) -> timedelta:
    return timedelta(days=_DAYS[cycle["interval"]] * cycle["frequency"])


def _amount(price: Entity) -> int:
    return int(price["unit_price"]["amount"])


def _item(books: Books, price: Entity, quantity: int, start: datetime, end: datetime) -> Entity:
    return {
        "status": "active",
        "quantity": quantity,
        "recurring": True,
        "created_at": moment(start),
        "updated_at": moment(start),
        "previously_billed_at": moment(start),
        "next_billed_at": moment(end),
        "trial_dates": None,
        "price": price,
        "product": books["products"][price["product_id"]],
    }
