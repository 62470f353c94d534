"""Transactions (of catalog and of inline prices) and the adjustments that refund them."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from contractflow.sandbox.paddle.answering import Refused, asked_for, found, many, one
from contractflow.sandbox.paddle.books import Books, Entity, new_id, priced

_BOUGHT = ("paid", "completed")
_GIVEN = ("customer_id", "address_id", "custom_data", "currency_code", "collection_mode", "billing_details")
_NOTHING = (
    "customer_id",
    "address_id",
    "custom_data",
    "billing_details",
    "business_id",
    "subscription_id",
    "invoice_id",
    "invoice_number",
    "discount_id",
    "billing_period",
    "billed_at",
    "revised_at",
)


async def list_transactions(request: Request, books: Books) -> Response:
    return many(
        request, _filtered(request, books, "transactions", "customer_id", "id", "status", "subscription_id")
    )


async def create_transaction(request: Request, books: Books) -> Response:
    asked = await asked_for(request)
    ready = bool(asked.get("customer_id") and asked.get("address_id"))
    transaction = add_transaction(
        books,
        items=[_item(books, item) for item in asked["items"]],
        origin="api",
        status="ready" if ready else "draft",
        checkout=(asked.get("checkout") or {}).get("url") or "",
        **{name: asked[name] for name in _GIVEN if name in asked},
    )
    if ready:
        books.emit("transaction.ready", transaction)
    return one(transaction, 201)


def add_transaction(
    books: Books,
    *,
    items: list[Entity],
    origin: str,
    status: str,
    subscription: Entity | None = None,
    checkout: str = "",
    **given: Any,
) -> Entity:
    """A transaction over `items`, for a new customer or of a subscription that is there."""
    transaction_id = new_id("txn")
    currency = given.get("currency_code") or items[0]["price"]["unit_price"]["currency_code"]
    fields: Entity = dict.fromkeys(_NOTHING) | {"collection_mode": "automatic"} | given
    if subscription:
        fields |= {name: subscription[name] for name in ("customer_id", "address_id", "custom_data")}
        fields |= {"subscription_id": subscription["id"]}
        fields |= {"billing_period": subscription["current_billing_period"]}
    transaction = books.add(
        "transactions",
        "txn",
        **fields
        | {
            "id": transaction_id,
            "status": status,
            "currency_code": currency,
            "origin": origin,
            "items": items,
            "details": details_of(books, items, currency),
            "payments": [],
            "checkout": {"url": f"{checkout or books.url + '/checkout'}?_ptxn={transaction_id}"},
        },
    )
    books.emit("transaction.created", transaction)
    return transaction


def as_item(price: Entity, quantity: int) -> Entity:
    return {"price_id": price["id"], "price": price, "quantity": quantity, "proration": None}


def _item(books: Books, asked: Entity) -> Entity:
    if asked.get("price_id"):
        price = found(books, "prices", asked["price_id"])
    else:
        inline = asked["price"]
        product = inline.get("product") or {}
        if product:
            product = books.add(
                "products",
                "pro",
                name=product["name"],
                description=product.get("description"),
                type="custom",
                tax_category=product["tax_category"],
                image_url=None,
                custom_data=product.get("custom_data"),
                status="active",
                import_meta=None,
            )
        price = books.add("prices", "pri", **priced({"product_id": product.get("id"), **inline}))
    return as_item(price, asked["quantity"])


def details_of(books: Books, items: list[Entity], currency: str) -> Entity:
    """Totals without tax: what is agreed in the contract is what is charged."""
    lines, total = [], 0
    for item in items:
        unit = int(item["price"]["unit_price"]["amount"])
        total += unit * item["quantity"]
        lines.append(
            {
                "id": new_id("txnitm"),
                "price_id": item["price_id"],
                "quantity": item["quantity"],
                "proration": None,
                "tax_rate": "0",
                "unit_totals": _totals(unit),
                "totals": _totals(unit * item["quantity"]),
                "product": books["products"].get(item["price"]["product_id"]),
            }
        )
    plain, amount = _totals(total), str(total)
    money = {"currency_code": currency, "grand_total": amount, "grand_total_tax": "0"}
    return {
        "tax_rates_used": [{"tax_rate": "0", "totals": plain}],
        "totals": plain
        | money
        | {"credit": "0", "credit_to_balance": "0", "balance": amount, "fee": None, "earnings": None},
        "adjusted_totals": plain | money | {"fee": "0", "earnings": "0", "retained_fee": "0"},
        "payout_totals": None,
        "adjusted_payout_totals": None,
        "line_items": lines,
    }


def _totals(amount: int) -> dict[str, str]:
    return {"subtotal": str(amount), "discount": "0", "tax": "0", "total": str(amount)}


async def show_transaction(request: Request, books: Books) -> Response:
    return one(found(books, "transactions", request.path_params["id"]))


async def show_invoice(request: Request, books: Books) -> Response:
    transaction = found(books, "transactions", request.path_params["id"])
    if transaction["status"] not in ("billed", *_BOUGHT):
        raise Refused(404, "not_found", "There is no invoice yet")
    return one({"url": f"{books.url}/receipts/{transaction['id']}"})


async def change_transaction(request: Request, books: Books) -> Response:
    transaction, asked = found(books, "transactions", request.path_params["id"]), await asked_for(request)
    if transaction["status"] in _BOUGHT:
        raise Refused(400, "transaction_immutable", "A transaction that is paid can't be changed")
    books.change(transaction, **{name: asked[name] for name in ("status", "custom_data") if name in asked})
    books.emit(
        "transaction.canceled" if asked.get("status") == "canceled" else "transaction.updated", transaction
    )
    return one(transaction)


async def list_adjustments(request: Request, books: Books) -> Response:
    return many(request, _filtered(request, books, "adjustments", "customer_id", "transaction_id", "status"))


def _filtered(request: Request, books: Books, collection: str, *names: str) -> list[Entity]:
    """Those whose fields are among the values asked for; Paddle separates them by commas."""
    asked = {name: request.query_params[name].split(",") for name in names if name in request.query_params}
    entities = books[collection].values()
    return [e for e in entities if all(e[name] in values for name, values in asked.items())]


async def create_adjustment(request: Request, books: Books) -> Response:
    asked = await asked_for(request)
    transaction = found(books, "transactions", asked["transaction_id"])
    if transaction["status"] != "completed":
        code = "adjustment_transaction_invalid_status_for_refund"
        raise Refused(400, code, "The transaction must be completed")
    is_full = asked.get("type") == "full"
    total = int(transaction["details"]["totals"]["total"])
    amount = str(total if is_full else sum(int(item.get("amount") or 0) for item in asked["items"]))
    totals = {
        "subtotal": amount,
        "tax": "0",
        "total": amount,
        "fee": "0",
        "retained_fee": "0",
        "earnings": "0",
    }
    adjustment = books.add(
        "adjustments",
        "adj",
        action=asked["action"],
        type="full" if is_full else "partial",
        transaction_id=transaction["id"],
        subscription_id=transaction["subscription_id"],
        customer_id=transaction["customer_id"],
        reason=asked["reason"],
        credit_applied_to_balance=None,
        currency_code=transaction["currency_code"],
        status="pending_approval",
        items=[],
        tax_rates_used=[],
        totals=totals | {"currency_code": transaction["currency_code"]},
        payout_totals=None,
    )
    books.emit("adjustment.created", adjustment)
    books.later(_approve(books, adjustment))
    return one(adjustment, 201)


async def _approve(books: Books, adjustment: Entity) -> None:
    """Paddle looks at every refund before it is made."""
    await asyncio.sleep(0.5)
    books.change(adjustment, status="approved")
    books.emit("adjustment.updated", adjustment)
