"""The hosted checkout page with Pay and Decline, and the page where a subscriber manages the subscription."""

from __future__ import annotations

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from contractflow.money import format_money
from contractflow.sandbox.looks import page
from contractflow.sandbox.paddle import subscribing
from contractflow.sandbox.paddle.answering import books_of
from contractflow.sandbox.paddle.books import Books, Entity, moment, new_id

_PAYABLE = ("draft", "ready", "billed", "past_due")


def pay(books: Books, transaction: Entity) -> None:
    """The card was charged: the transaction is paid, then completed, as Paddle does it in two events."""
    amount = transaction["details"]["totals"]["grand_total"]
    attempts = [_attempt(amount, captured=True), *transaction["payments"]]
    if transaction["subscription_id"]:
        known = books["subscriptions"][transaction["subscription_id"]]
        subscribing.decline_card(books, known, declined=False)
        books.change(transaction, payments=attempts)
        subscribing.settle(books, transaction, known)
        return
    if transaction["customer_id"] is None:
        fields: Entity = {"name": None, "email": "buyer@example.test", "locale": "en", "custom_data": None}
        fields |= {"marketing_consent": False, "status": "active", "import_meta": None}
        books.change(transaction, customer_id=books.add("customers", "ctm", **fields)["id"])
    totals = transaction["details"]["totals"] | {"balance": "0"}
    details = transaction["details"] | {"totals": totals}
    books.change(transaction, status="paid", payments=attempts, details=details, billed_at=moment())
    books.emit("transaction.paid", transaction)
    subscription = subscribing.subscribe(books, transaction)
    number = f"SANDBOX-{len(books['transactions']):05d}"
    books.change(
        transaction,
        status="completed",
        subscription_id=subscription and subscription["id"],
        invoice_id=new_id("inv"),
        invoice_number=number,
    )
    books.emit("transaction.completed", transaction)


def decline(books: Books, transaction: Entity) -> None:
    amount = transaction["details"]["totals"]["grand_total"]
    books.change(transaction, payments=[_attempt(amount, captured=False), *transaction["payments"]])
    books.emit("transaction.payment_failed", transaction)


def _attempt(amount: str, captured: bool) -> Entity:
    card = {
        "type": "visa",
        "last4": "4242",
        "expiry_month": 1,
        "expiry_year": 2040,
        "cardholder_name": "Sandbox",
    }
    return {
        "payment_attempt_id": str(uuid4()),
        "payment_method_id": new_id("paymtd"),
        "stored_payment_method_id": str(uuid4()),
        "amount": amount,
        "status": "captured" if captured else "error",
        "error_code": None if captured else "declined",
        "method_details": {"type": "card", "card": card},
        "created_at": moment(),
        "captured_at": moment() if captured else None,
    }


async def _checkout(request: Request) -> Response:
    books = books_of(request)
    transaction = books["transactions"].get(request.query_params.get("_ptxn", ""))
    if transaction is None:
        return page("gone.html", 404, what="checkout")
    if request.method == "POST":
        form = await request.form()
        if transaction["status"] in _PAYABLE:
            pay(books, transaction) if form.get("do") == "pay" else decline(books, transaction)
        return RedirectResponse(str(request.url), 303)
    currency = transaction["currency_code"]
    lines = [
        (
            item["price"]["description"],
            format_money(int(item["price"]["unit_price"]["amount"]) * item["quantity"], currency),
        )
        for item in transaction["items"]
    ]
    return page(
        "checkout.html",
        lines=lines,
        total=format_money(int(transaction["details"]["totals"]["grand_total"]), currency),
        status=transaction["status"],
        can_pay=transaction["status"] in _PAYABLE,
        was_declined=bool(transaction["payments"]) and transaction["payments"][0]["status"] == "error",
        return_url=_return_url(transaction, request.app.state.web_url),
    )


def _return_url(transaction: Entity, web_url: str) -> str:
    """Back to where the person came from; never to another site."""
    wanted = str((transaction["custom_data"] or {}).get("return_url", ""))
    return wanted if wanted.startswith(f"{web_url}/") else web_url


async def _portal(request: Request) -> Response:
    """Besides what Paddle shows: the button that lets a month pass, and a card that is declined."""
    books = books_of(request)
    customer = books["customers"].get(request.path_params["id"])
    if customer is None:
        return page("gone.html", 404, what="subscriber")
    own = [s for s in books["subscriptions"].values() if s["customer_id"] == customer["id"]]
    if request.method == "POST":
        form = await request.form()
        for subscription in own:
            if subscription["id"] == form.get("subscription"):
                _do(books, subscription, str(form.get("do")))
        return RedirectResponse(str(request.url), 303)
    cards = {s["id"]: subscribing.is_declined(books, s) for s in own}
    return page(
        "portal.html",
        customer=customer,
        subscriptions=own,
        is_declined=cards,
        web_url=request.app.state.web_url,
    )


def _do(books: Books, subscription: Entity, verb: str) -> None:
    if verb == "renew":
        subscribing.end_period(books, subscription)
    elif verb in ("decline", "accept"):
        subscribing.decline_card(books, subscription, declined=verb == "decline")


async def _receipt(request: Request) -> Response:
    transaction = books_of(request)["transactions"].get(request.path_params["id"])
    if transaction is None:
        return page("gone.html", 404, what="receipt")
    totals = transaction["details"]["totals"]
    total = format_money(int(totals["grand_total"]), transaction["currency_code"])
    return page(
        "receipt.html", number=transaction["invoice_number"], total=total, day=transaction["billed_at"][:10]
    )


page_routes = [
    Route("/checkout", _checkout, methods=["GET", "POST"]),
    Route("/portal/{id}", _portal, methods=["GET", "POST"]),
    Route("/receipts/{id}", _receipt),
]
