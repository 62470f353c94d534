"""Paddle's HTTP API, as far as the product uses it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.sandbox.paddle import subscribing, transactions
from contractflow.sandbox.paddle.answering import Refused, asked_for, found, guarded, many, one
from contractflow.sandbox.paddle.books import Books, moment, new_id


async def _list_customers(request: Request, books: Books) -> Response:
    emails = request.query_params.get("email", "").split(",")
    wanted = [c for c in books["customers"].values() if emails == [""] or c["email"] in emails]
    return many(request, wanted)


async def _create_customer(request: Request, books: Books) -> Response:
    asked = await asked_for(request)
    for known in books["customers"].values():
        if known["email"] == asked["email"]:
            detail = f"customer email conflicts with customer of id {known['id']}"
            raise Refused(409, "customer_already_exists", detail)
    fields = {"name": asked.get("name"), "email": asked["email"], "locale": asked.get("locale", "en")}
    fields |= {"marketing_consent": False, "status": "active", "import_meta": None}
    customer = books.add("customers", "ctm", **fields, custom_data=asked.get("custom_data"))
    books.emit("customer.created", customer)
    return one(customer, 201)


async def _list_addresses(request: Request, books: Books) -> Response:
    customer = request.path_params["id"]
    return many(request, [a for a in books["addresses"].values() if a["customer_id"] == customer])


async def _create_address(request: Request, books: Books) -> Response:
    customer, asked = found(books, "customers", request.path_params["id"]), await asked_for(request)
    parts = ("description", "first_line", "second_line", "city", "postal_code", "region", "custom_data")
    fields = {part: asked.get(part) for part in parts} | {"status": "active", "import_meta": None}
    return one(
        books.add(
            "addresses", "add", customer_id=customer["id"], country_code=asked["country_code"], **fields
        ),
        201,
    )


async def _create_portal_session(request: Request, books: Books) -> Response:
    customer, asked = found(books, "customers", request.path_params["id"]), await asked_for(request)
    page = f"{request.base_url}portal/{customer['id']}"
    subscriptions = [
        {
            "id": s,
            "cancel_subscription": f"{page}?cancel={s}",
            "update_subscription_payment_method": f"{page}?pay={s}",
        }
        for s in asked.get("subscription_ids") or []
    ]
    session = {"id": new_id("cpls"), "customer_id": customer["id"], "created_at": moment()}
    return one(session | {"urls": {"general": {"overview": page}, "subscriptions": subscriptions}}, 201)


async def _show_subscription(request: Request, books: Books) -> Response:
    subscription = found(books, "subscriptions", request.path_params["id"])
    return one(subscribing.shown(books, subscription, request.query_params.get("include", "")))


async def _change_subscription(request: Request, books: Books) -> Response:
    subscription, asked = found(books, "subscriptions", request.path_params["id"]), await asked_for(request)
    subscribing.change_subscription(books, subscription, request.path_params.get("verb", "update"), asked)
    return one(subscription)


async def _preview_subscription(request: Request, books: Books) -> Response:
    subscription, asked = found(books, "subscriptions", request.path_params["id"]), await asked_for(request)
    return one(subscribing.preview(books, subscription, asked))


async def _change_card(request: Request, books: Books) -> Response:
    subscription = found(books, "subscriptions", request.path_params["id"])
    return one(subscribing.card_change(books, subscription))


async def _list_prices(request: Request, books: Books) -> Response:
    return many(request, list(books["prices"].values()))


async def _list_events(request: Request, books: Books) -> Response:
    since = request.query_params.get("from", "")
    return many(request, [e for e in books["events"].values() if e["occurred_at"] >= since])


api_routes = [
    Route("/customers", guarded(_list_customers)),
    Route("/customers", guarded(_create_customer), methods=["POST"]),
    Route("/customers/{id}/addresses", guarded(_list_addresses)),
    Route("/customers/{id}/addresses", guarded(_create_address), methods=["POST"]),
    Route("/customers/{id}/portal-sessions", guarded(_create_portal_session), methods=["POST"]),
    Route("/transactions", guarded(transactions.list_transactions)),
    Route("/transactions", guarded(transactions.create_transaction), methods=["POST"]),
    Route("/transactions/{id}", guarded(transactions.show_transaction)),
    Route("/transactions/{id}", guarded(transactions.change_transaction), methods=["PATCH"]),
    Route("/transactions/{id}/invoice", guarded(transactions.show_invoice)),
    Route("/subscriptions/{id}", guarded(_show_subscription)),
    Route("/subscriptions/{id}/preview", guarded(_preview_subscription), methods=["PATCH"]),
    Route("/subscriptions/{id}/update-payment-method-transaction", guarded(_change_card)),
    Route("/subscriptions/{id}", guarded(_change_subscription), methods=["PATCH"]),
    Route("/subscriptions/{id}/{verb}", guarded(_change_subscription), methods=["POST"]),
    Route("/adjustments", guarded(transactions.list_adjustments)),
    Route("/adjustments", guarded(transactions.create_adjustment), methods=["POST"]),
    Route("/prices", guarded(_list_prices)),
    Route("/events", guarded(_list_events)),
]
