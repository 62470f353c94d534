"""Paddle's HTTP API, as far as the product uses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.sandbox import faults
from contractflow.sandbox.paddle.books import API_KEY, Books, Entity, moment, new_id, priced
from contractflow.sandbox.paddle.subscribing import change_subscription, proration_is_missing

Handler = Callable[[Request, Books], Awaitable[Response]]
_BOUGHT = ("paid", "completed")


class Refused(Exception):
    """Answered in Paddle's error shape."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def _guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Checks the bearer key, lets a fault happen, and turns a refusal into Paddle's error shape."""

    async def answer(request: Request) -> Response:
        try:
            if request.headers.get("authorization") != f"Bearer {API_KEY}":
                raise Refused(403, "forbidden", "You aren't permitted to perform this request.")
            fault = faults.take("paddle", "http", "applied", method=request.method)
            if fault.get("kind") == "http":
                raise Refused(fault.get("status", 503), "service_unavailable", "Sandbox fault")
            reply = await handler(request, request.app.state.paddle)
            if fault.get("kind") == "applied":
                raise Refused(fault.get("status", 504), "gateway_timeout", "Sandbox fault after the work was done")
        except Refused as refused:
            return _error(refused)
        return reply

    return answer


def _error(refused: Refused) -> JSONResponse:
    kind = "api_error" if refused.status >= 500 else "request_error"  # noqa: PLR2004  the border of HTTP's classes
    error = {
        "type": kind,
        "code": refused.code,
        "detail": refused.detail,
        "documentation_url": "https://developer.paddle.com/errors",
    }
    return JSONResponse({"error": error, "meta": {"request_id": str(uuid4())}}, refused.status)


def _one(entity: Entity, status: int = 200) -> JSONResponse:
    return JSONResponse({"data": entity, "meta": {"request_id": str(uuid4())}}, status)


def _many(request: Request, entities: list[Entity]) -> JSONResponse:
    """One page in order of id, after the id in `after`."""
    asked = request.query_params
    size = min(int(asked.get("per_page", 50)), 200)
    key = "event_id" if entities and "event_id" in entities[0] else "id"
    newest_first = "desc" in asked.get("order_by", "")
    entities = sorted(entities, key=lambda entity: entity[key], reverse=newest_first)
    if "after" in asked:
        after = asked["after"]
        entities = [e for e in entities if (e[key] < after if newest_first else e[key] > after)]
    shown = entities[:size]
    following = str(request.url.include_query_params(after=shown[-1][key])) if shown else str(request.url)
    pagination = {
        "per_page": size,
        "next": following,
        "has_more": len(entities) > size,
        "estimated_total": len(entities),
    }
    return JSONResponse({"data": shown, "meta": {"request_id": str(uuid4()), "pagination": pagination}})


def _found(books: Books, collection: str, entity_id: str) -> Entity:
    if entity_id not in books[collection]:
        raise Refused(404, "not_found", f"Entity {entity_id} not found")
    return books[collection][entity_id]


async def _asked(request: Request) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(await request.body() or b"{}")
    except ValueError:
        raise Refused(400, "invalid_json", "The body is not JSON") from None
    return body


async def _list_customers(request: Request, books: Books) -> Response:
    emails = request.query_params.get("email", "").split(",")
    wanted = [c for c in books["customers"].values() if emails == [""] or c["email"] in emails]
    return _many(request, wanted)


async def _create_customer(request: Request, books: Books) -> Response:
    asked = await _asked(request)
    for known in books["customers"].values():
        if known["email"] == asked["email"]:
            detail = f"customer email conflicts with customer of id {known['id']}"
            raise Refused(409, "customer_already_exists", detail)
    fields = {"name": asked.get("name"), "email": asked["email"], "locale": asked.get("locale", "en")}
    fields |= {"marketing_consent": False, "status": "active", "import_meta": None}
    customer = books.add("customers", "ctm", **fields, custom_data=asked.get("custom_data"))
    books.emit("customer.created", customer)
    return _one(customer, 201)


async def _list_addresses(request: Request, books: Books) -> Response:
    customer = request.path_params["id"]
    return _many(request, [a for a in books["addresses"].values() if a["customer_id"] == customer])


async def _create_address(request: Request, books: Books) -> Response:
    customer, asked = _found(books, "customers", request.path_params["id"]), await _asked(request)
    parts = ("description", "first_line", "second_line", "city", "postal_code", "region", "custom_data")
    fields = {part: asked.get(part) for part in parts} | {"status": "active", "import_meta": None}
    return _one(
        books.add("addresses", "add", customer_id=customer["id"], country_code=asked["country_code"], **fields), 201
    )


async def _create_portal_session(request: Request, books: Books) -> Response:
    customer, asked = _found(books, "customers", request.path_params["id"]), await _asked(request)
    page = f"{request.base_url}portal/{customer['id']}"
    subscriptions = [
        {"id": s, "cancel_subscription": f"{page}?cancel={s}", "update_subscription_payment_method": f"{page}?pay={s}"}
        for s in asked.get("subscription_ids") or []
    ]
    session = {"id": new_id("cpls"), "customer_id": customer["id"], "created_at": moment()}
    return _one(session | {"urls": {"general": {"overview": page}, "subscriptions": subscriptions}}, 201)


async def _list_transactions(request: Request, books: Books) -> Response:
    found = list(books["transactions"].values())
    for name in ("customer_id", "id", "status", "subscription_id"):
        if name in request.query_params:
            wanted = request.query_params[name].split(",")
            found = [t for t in found if t[name] in wanted]
    return _many(request, found)


async def _create_transaction(request: Request, books: Books) -> Response:
    asked = await _asked(request)
    items = [_item(books, item) for item in asked["items"]]
    currency = asked.get("currency_code") or items[0]["price"]["unit_price"]["currency_code"]
    transaction_id = new_id("txn")
    checkout = (asked.get("checkout") or {}).get("url") or f"{request.base_url}checkout"
    ready = bool(asked.get("customer_id") and asked.get("address_id"))
    nothing = ("business_id", "subscription_id", "invoice_id", "invoice_number", "discount_id", "billing_period")
    transaction = books.add(
        "transactions",
        "txn",
        **dict.fromkeys((*nothing, "billed_at", "revised_at")),
        id=transaction_id,
        status="ready" if ready else "draft",
        customer_id=asked.get("customer_id"),
        address_id=asked.get("address_id"),
        custom_data=asked.get("custom_data"),
        currency_code=currency,
        origin="api",
        collection_mode=asked.get("collection_mode", "automatic"),
        billing_details=asked.get("billing_details"),
        items=items,
        details=_details(books, items, currency),
        payments=[],
        checkout={"url": f"{checkout}?_ptxn={transaction_id}"},
    )
    books.emit("transaction.created", transaction)
    if ready:
        books.emit("transaction.ready", transaction)
    return _one(transaction, 201)


def _item(books: Books, asked: Entity) -> Entity:
    if asked.get("price_id"):
        price = _found(books, "prices", asked["price_id"])
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
    return {"price_id": price["id"], "price": price, "quantity": asked["quantity"], "proration": None}


def _details(books: Books, items: list[Entity], currency: str) -> Entity:
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
        "totals": plain | money | {"credit": "0", "credit_to_balance": "0", "balance": amount, "fee": None, "earnings": None},
        "adjusted_totals": plain | money | {"fee": "0", "earnings": "0", "retained_fee": "0"},
        "payout_totals": None,
        "adjusted_payout_totals": None,
        "line_items": lines,
    }


def _totals(amount: int) -> dict[str, str]:
    return {"subtotal": str(amount), "discount": "0", "tax": "0", "total": str(amount)}


async def _show_transaction(request: Request, books: Books) -> Response:
    return _one(_found(books, "transactions", request.path_params["id"]))


async def _change_transaction(request: Request, books: Books) -> Response:
    transaction, asked = _found(books, "transactions", request.path_params["id"]), await _asked(request)
    if transaction["status"] in _BOUGHT:
        raise Refused(400, "transaction_immutable", "A transaction that is paid can't be changed")
    books.change(transaction, **{name: asked[name] for name in ("status", "custom_data") if name in asked})
    books.emit("transaction.canceled" if asked.get("status") == "canceled" else "transaction.updated", transaction)
    return _one(transaction)


async def _show_subscription(request: Request, books: Books) -> Response:
    return _one(_found(books, "subscriptions", request.path_params["id"]))


async def _change_subscription(request: Request, books: Books) -> Response:
    subscription, asked = _found(books, "subscriptions", request.path_params["id"]), await _asked(request)
    if proration_is_missing(asked):
        detail = "proration_billing_mode is required when updating items"
        raise Refused(400, "subscription_proration_required", detail)
    change_subscription(books, subscription, request.path_params.get("verb", "update"), asked)
    return _one(subscription)


async def _create_adjustment(request: Request, books: Books) -> Response:
    asked = await _asked(request)
    transaction = _found(books, "transactions", asked["transaction_id"])
    if transaction["status"] != "completed":
        code = "adjustment_transaction_invalid_status_for_refund"
        raise Refused(400, code, "The transaction must be completed")
    is_full = asked.get("type") == "full"
    total = int(transaction["details"]["totals"]["total"])
    amount = str(total if is_full else sum(int(item.get("amount") or 0) for item in asked["items"]))
    totals = {"subtotal": amount, "tax": "0", "total": amount, "fee": "0", "retained_fee": "0", "earnings": "0"}
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
    return _one(adjustment, 201)


async def _approve(books: Books, adjustment: Entity) -> None:
    """Paddle looks at every refund before it is made."""
    await asyncio.sleep(0.5)
    books.change(adjustment, status="approved")
    books.emit("adjustment.updated", adjustment)


async def _list_prices(request: Request, books: Books) -> Response:
    return _many(request, list(books["prices"].values()))


async def _list_events(request: Request, books: Books) -> Response:
    since = request.query_params.get("from", "")
    return _many(request, [e for e in books["events"].values() if e["occurred_at"] >= since])


api_routes = [
    Route("/customers", _guarded(_list_customers)),
    Route("/customers", _guarded(_create_customer), methods=["POST"]),
    Route("/customers/{id}/addresses", _guarded(_list_addresses)),
    Route("/customers/{id}/addresses", _guarded(_create_address), methods=["POST"]),
    Route("/customers/{id}/portal-sessions", _guarded(_create_portal_session), methods=["POST"]),
    Route("/transactions", _guarded(_list_transactions)),
    Route("/transactions", _guarded(_create_transaction), methods=["POST"]),
    Route("/transactions/{id}", _guarded(_show_transaction)),
    Route("/transactions/{id}", _guarded(_change_transaction), methods=["PATCH"]),
    Route("/subscriptions/{id}", _guarded(_show_subscription)),
    Route("/subscriptions/{id}", _guarded(_change_subscription), methods=["PATCH"]),
    Route("/subscriptions/{id}/{verb}", _guarded(_change_subscription), methods=["POST"]),
    Route("/adjustments", _guarded(_create_adjustment), methods=["POST"]),
    Route("/prices", _guarded(_list_prices)),
    Route("/events", _guarded(_list_events)),
]
