"""Paddle through its real SDK, against the sandbox on a real port, with what goes wrong in the real world."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from contractflow import config
from contractflow.errors import NotFound, Unavailable
from contractflow.integrations.payments.paddle import read_event, verify_webhook
from contractflow.integrations.payments.paddle_seller import PaddleProvider
from contractflow.integrations.payments.port import PaymentIntent, PaymentProvider, Settlement
from contractflow.sandbox.paddle import API_KEY, WEBHOOK_SECRET
from contractflow.sandbox.paddle.books import signature
from tests.sandbox import Sandbox, eventually, free_port

BODY = b'{"event_id":"evt_1","event_type":"transaction.paid","occurred_at":"2026-11-23T10:00:00.5Z","data":{"id":"txn_1"}}'


@pytest.fixture
def paddle(sandbox: Sandbox) -> PaymentProvider:
    sandbox.clear()
    return PaddleProvider(API_KEY, sandbox.url)


@pytest.fixture
def _secret(monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_WEBHOOK_SECRET", f"the-old-one, {WEBHOOK_SECRET}")
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def an_intent(**changes) -> PaymentIntent:
    return PaymentIntent(
        **{
            "payment_id": uuid4(),
            "org_id": uuid4(),
            "invoice_id": uuid4(),
            "amount_minor": 360_000,
            "currency": "EUR",
            "label": "NL-2026-0007",
            "description": "Deposit, 30 % – “Website”",
            "payer_name": "Clara Client",
            "payer_email": "clara@client.test",
            "return_url": "http://127.0.0.1:9/portal/documents/1",
        }
        | changes
    )


def test_a_checkout_is_opened_paid_and_asked_about(paddle, sandbox):
    intent = an_intent()
    checkout = paddle.create(intent)
    assert paddle.fetch(checkout.provider_ref).settlement is Settlement.PENDING
    sandbox.press(checkout.url, "decline")
    assert paddle.fetch(checkout.provider_ref).settlement is Settlement.PENDING
    sandbox.press(checkout.url, "pay")
    paid = paddle.fetch(checkout.provider_ref)
    assert (paid.settlement, paid.amount_minor, paid.currency) == (Settlement.PAID, 360_000, "EUR")
    assert (paid.payment_id, paid.invoice_id, paid.org_id) == (
        str(intent.payment_id),
        str(intent.invoice_id),
        str(intent.org_id),
    )
    assert paid.paid_at is not None
    assert datetime.now(UTC) - paid.paid_at < timedelta(seconds=30)


def test_asking_twice_opens_one_checkout(paddle):
    intent = an_intent()
    assert paddle.create(intent) == paddle.create(intent)
    assert paddle.create(an_intent()) != paddle.create(intent)


def test_a_currency_without_decimals_stays_exact(paddle):
    checkout = paddle.create(an_intent(amount_minor=1200, currency="JPY"))
    assert paddle.fetch(checkout.provider_ref).amount_minor == 1200


def test_an_answer_that_got_lost_is_found_again(paddle, sandbox):
    paddle.create(an_intent())  # so that the customer is known, and the next POST but one is the transaction
    sandbox.faults(paddle=[{"kind": "applied", "status": 504, "method": "POST", "path": "/transactions"}])
    intent = an_intent()
    checkout = paddle.create(intent)
    assert paddle.create(intent) == checkout


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_vendor_in_trouble_charges_nothing_and_says_so(paddle, sandbox, status):
    sandbox.faults(paddle=[{"kind": "http", "status": status}])
    with pytest.raises(Unavailable, match="Nothing was charged"):
        paddle.create(an_intent())


def test_a_vendor_that_is_away_is_unavailable():
    with pytest.raises(Unavailable):
        PaddleProvider(API_KEY, f"http://127.0.0.1:{free_port()}").create(an_intent())


def test_a_wrong_key_is_unavailable(sandbox):
    with pytest.raises(Unavailable):
        PaddleProvider("wrong", sandbox.url).create(an_intent())


def test_what_paddle_does_not_know_does_not_exist(paddle):
    with pytest.raises(NotFound):
        paddle.fetch("txn_nothing")


def test_an_open_checkout_can_be_closed_and_a_paid_one_stays(paddle, sandbox):
    open_one, paid_one = paddle.create(an_intent()), paddle.create(an_intent())
    sandbox.press(paid_one.url, "pay")
    paddle.cancel(open_one.provider_ref)
    paddle.cancel(paid_one.provider_ref)
    assert paddle.fetch(open_one.provider_ref).settlement is Settlement.FAILED
    assert paddle.fetch(paid_one.provider_ref).settlement is Settlement.PAID


def test_a_refund_shows_once_it_is_approved(paddle, sandbox):
    checkout = paddle.create(an_intent())
    sandbox.press(checkout.url, "pay")
    asked = {"action": "refund", "type": "full", "reason": "mistake", "transaction_id": checkout.provider_ref}
    httpx.post(f"{sandbox.url}/adjustments", json=asked, headers={"Authorization": f"Bearer {API_KEY}"})
    assert paddle.fetch(checkout.provider_ref).reversals == ()
    (back,) = eventually(lambda: paddle.fetch(checkout.provider_ref).reversals)
    assert (back.kind, back.amount_minor) == ("refund", 360_000)


def test_events_can_be_read_again(paddle, sandbox):
    before = datetime.now(UTC)
    checkout = paddle.create(an_intent())
    sandbox.press(checkout.url, "pay")
    events = [read_event(raw) for raw in paddle.events_since(before)]
    about_it = [event.event_type for event in events if event.provider_ref == checkout.provider_ref]
    assert about_it == ["transaction.created", "transaction.paid", "transaction.completed"]
    assert list(paddle.events_since(datetime.now(UTC) + timedelta(minutes=1))) == []


@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize("header", ["Paddle-Signature", "paddle-signature"])
def test_a_signed_webhook_is_believed(header):
    assert verify_webhook({header: signature(BODY, WEBHOOK_SECRET)}, BODY)
    assert verify_webhook({header: signature(BODY, "the-old-one")}, BODY)


@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize(
    ("signed", "body"),
    [
        ("", BODY),
        ("nonsense", BODY),
        ("ts=x;h1=y", BODY),
        ("ts=1;h1=é;h2=z", BODY),
        (signature(BODY, "somebody-else"), BODY),
        (signature(BODY, WEBHOOK_SECRET), BODY + b" "),
        (signature(BODY, WEBHOOK_SECRET, at=1_700_000_000), BODY),
        (signature(BODY, WEBHOOK_SECRET, at=4_000_000_000), BODY),
        (signature(b"\xff", WEBHOOK_SECRET), b"\xff"),
    ],
    ids=range(9),  # signatures carry the time: without names, the workers of a run collect different tests
)
def test_anything_else_is_not_and_nothing_raises(signed, body):
    assert verify_webhook({"Paddle-Signature": signed}, body) is False
    assert verify_webhook({}, body) is False


def test_without_a_secret_nobody_is_believed():
    assert verify_webhook({"Paddle-Signature": signature(BODY, "")}, BODY) is False


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'"x"', b'{"event_id":"e","event_type":1}', b"\xff"])
def test_what_is_not_an_event_is_a_value_error(raw):
    with pytest.raises(ValueError, match=r".*"):
        read_event(raw)


def test_the_sdks_test_mode_does_not_start(monkeypatch):
    monkeypatch.setenv("TEST_MODE", "1")
    config.settings.cache_clear()
    with pytest.raises(SystemExit) as stopped:
        config.settings()
    assert stopped.value.code == config.EX_CONFIG
    config.settings.cache_clear()
