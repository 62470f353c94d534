"""What Paddle tells us, over real ports: kept once, believed only when Paddle confirms it, found again when lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from psycopg.rows import dict_row
from rq import SimpleWorker
from sqlmodel import select

from contractflow.broker.queue import SafeJob, _queue
from contractflow.config import settings
from contractflow.db.engine import engine, use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.payments.paddle_seller import PaddleProvider
from contractflow.integrations.payments.port import CheckoutRef, PaymentIntent
from contractflow.jobs import payments as jobs
from contractflow.jobs import schedule
from contractflow.models import Payment, WebhookEvent
from contractflow.permissions import Visitor
from contractflow.sandbox.paddle import API_KEY, WEBHOOK_SECRET
from contractflow.sandbox.paddle.books import signature
from contractflow.services import webhooks
from contractflow.workflows.billing import PaymentStatus
from tests import builders, cast
from tests.conftest import Database
from tests.sandbox import ROOT, Sandbox, eventually, free_port, running_sandbox

WEB = """
import sys, uvicorn
from contractflow.api import api
uvicorn.run(api(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@pytest.fixture(scope="module")
def web(postgres, redis_server):
    """The web process as far as webhooks reach it, as the role that web processes have."""
    port = free_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CONTRACTFLOW_REDIS_URL", redis_server.url())
        environment.setenv("CONTRACTFLOW_PADDLE_WEBHOOK_SECRET", WEBHOOK_SECRET)
        process = subprocess.Popen([sys.executable, "-c", WEB, str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: is_up(url), 60)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def is_up(url):
    try:
        return httpx.get(url).status_code
    except httpx.ConnectError:
        return None


@pytest.fixture(scope="module")
def sandbox(web, tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), web) as running:
        yield running


@pytest.fixture(autouse=True)
def _worker(database: Database, redis_url: str, sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_BASE_URL", sandbox.url)
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_API_KEY", API_KEY)
    settings.cache_clear()
    use_role(DbRole.WORKER)


@pytest.fixture
def paddle(sandbox):
    return PaddleProvider(API_KEY, sandbox.url)


def an_intent(amount_minor: int = 50_000) -> PaymentIntent:
    """A signed document of Northlight whose one invoice is open and about to be paid by card."""
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_signed_document(work, total_minor=amount_minor)
        seller, buyer = {"name": "Northlight"}, {"name": "Bright Foods"}
        scheduled = builders.an_invoice(work, document, total_minor=amount_minor, seller=seller, buyer=buyer)
        invoice = builders.opened(work, scheduled)
        payment = builders.a_payment(
            work, invoice, provider="paddle", provider_ref="x", status=PaymentStatus.PENDING, recorded_by=None
        )
        payment.provider_ref = str(payment.id)
        return PaymentIntent(
            payment_id=payment.id,
            org_id=invoice.org_id,
            invoice_id=invoice.id,
            amount_minor=amount_minor,
            currency=invoice.currency,
            label=invoice.label,
            description="Deposit",
            payer_name=signer.name,
            payer_email=signer.email,
            return_url="http://127.0.0.1:9/",
        )


def opened(paddle, intent: PaymentIntent) -> CheckoutRef:
    checkout = paddle.create(intent)
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Payment, intent.payment_id).provider_ref = checkout.provider_ref
    return checkout


def table(database, query, *values):
    with database.admin() as admin:
        admin.row_factory = dict_row
        return admin.execute(query, values).fetchall()


def inbox(database, about=""):
    found = table(database, "SELECT * FROM webhook_event ORDER BY occurred_at")
    return [row for row in found if not about or row["payload"]["data"]["id"] == about]


def arrived(database, checkout, *types):
    """Wait until events of these types about the checkout are in the inbox."""
    wanted = {f"transaction.{kind}" for kind in types}
    return eventually(lambda: wanted <= {row["event_type"] for row in inbox(database, checkout.provider_ref)})


def work_off():
    """One worker, until its queue is empty; on a slow machine wake-ups get lost, as they may."""
    sweep()
    queue = _queue("mail")
    worker = SimpleWorker([queue], connection=queue.connection, job_class=SafeJob, serializer="json")
    worker.work(burst=True, logging_level="ERROR")


def sweep():
    with engine().connect() as connection:
        schedule.sweep(connection)


def state(database, intent):
    """(payment, invoice, document) as their statuses stand."""
    (row,) = table(
        database,
        "SELECT p.status payment, i.status invoice, d.status document FROM payment p"
        " JOIN invoice i ON i.id = p.invoice_id JOIN document d ON d.id = i.document_id WHERE p.id = %s",
        intent.payment_id,
    )
    return tuple(row.values())


def make_due(database):
    table(database, "UPDATE webhook_event SET next_attempt_at = now() - interval '1 second' RETURNING id")


PAID, UNPAID = ("succeeded", "paid", "paid"), ("pending", "open", "signed")


def test_a_paid_checkout_makes_the_document_paid(database, paddle, sandbox):
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "decline")
    arrived(database, checkout, "payment_failed")
    work_off()
    assert state(database, intent) == UNPAID
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "paid", "completed")
    work_off()
    assert state(database, intent) == PAID
    assert {row["status"] for row in inbox(database)} == {"processed", "ignored"}
    trail = table(
        database, "SELECT actor_kind, actor_label FROM audit_event WHERE action = 'payment:confirm'"
    )
    assert len(trail) == 1


@pytest.mark.parametrize(
    "faults",
    [
        [
            {"kind": "badsig", "event": "transaction.paid"},
            {"kind": "badsig", "event": "transaction.completed"},
        ],
        [{"kind": "dup", "event": "transaction.paid"}, {"kind": "dup", "event": "transaction.completed"}],
        [{"kind": "late", "event": "transaction.paid", "seconds": 1}],
        [{"kind": "late", "event": "transaction.created", "seconds": 1}],
    ],
    ids=["bad signature", "duplicate", "out of order", "the first comes last"],
)
def test_it_counts_once_however_the_webhooks_come(database, paddle, sandbox, faults):
    sandbox.faults(paddle=faults)
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "created", "paid", "completed")
    work_off()
    assert state(database, intent) == PAID
    ids = [row["event_id"] for row in inbox(database)]
    assert len(ids) == len(set(ids))
    receipts = table(database, "SELECT id FROM notification WHERE kind = 'payment_received'")
    assert len(receipts) == len(
        table(database, "SELECT DISTINCT recipient FROM notification WHERE kind = 'payment_received'")
    )


def test_lost_webhooks_are_found_by_asking(database, paddle, sandbox):
    sandbox.faults(paddle=[{"kind": "lost"}] * 4)
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "pay")
    assert inbox(database, checkout.provider_ref) == []
    assert jobs.reconcile() >= 3
    work_off()
    assert state(database, intent) == PAID
    assert jobs.reconcile() == 0


def test_a_provider_that_is_away_is_asked_again(database, paddle, sandbox):
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "created", "paid", "completed")
    sandbox.faults(paddle=[{"kind": "http", "status": 503}] * 8)
    work_off()
    assert state(database, intent) == UNPAID
    sandbox.faults(paddle=[])
    make_due(database)
    work_off()
    assert state(database, intent) == PAID


def test_a_wake_up_that_got_lost_is_made_up_for(database, paddle, sandbox):
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "created", "paid", "completed")
    _queue("mail").empty()
    work_off()
    assert state(database, intent) == PAID


def test_processing_twice_is_processing_once(database, paddle, sandbox):
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "paid", "completed")
    for row in inbox(database) * 2:
        jobs.process_webhook(str(row["id"]))
    assert state(database, intent) == PAID


@pytest.mark.parametrize(
    "claimed", ["another agency's", "another invoice", "no payment of ours", "another checkout"]
)
def test_what_names_a_payment_that_is_not_its_own_changes_nothing(database, paddle, sandbox, claimed):
    """A browser with our client token may open a checkout that claims anything."""
    intent = an_intent()
    opened(paddle, intent)
    forged = {
        "another agency's": replace(intent, org_id=cast.REDSHIFT),
        "another invoice": replace(intent, invoice_id=UUID(int=5)),
        "no payment of ours": replace(intent, payment_id=UUID(int=5)),
        "another checkout": intent,
    }[claimed]
    checkout = paddle.create(replace(forged, payer_email="eve@evil.test"))
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "paid", "completed")
    work_off()
    assert state(database, intent) == UNPAID
    assert "failed" in {row["status"] for row in inbox(database, checkout.provider_ref)}


def test_another_sum_is_told_to_the_agency_and_pays_nothing(database, paddle, sandbox):
    intent = an_intent()
    checkout = opened(paddle, replace(intent, amount_minor=60_000))
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "paid", "completed")
    work_off()
    assert state(database, intent)[1:] == UNPAID[1:]
    assert table(database, "SELECT id FROM notification WHERE kind = 'payment_misfit'")


def test_a_refund_opens_the_invoice_again(database, paddle, sandbox):
    intent = an_intent()
    checkout = opened(paddle, intent)
    sandbox.press(checkout.url, "pay")
    arrived(database, checkout, "paid", "completed")
    work_off()
    assert state(database, intent) == PAID
    asked = {"action": "refund", "type": "full", "reason": "mistake", "transaction_id": checkout.provider_ref}
    httpx.post(f"{sandbox.url}/adjustments", json=asked, headers={"Authorization": f"Bearer {API_KEY}"})
    eventually(lambda: [row for row in inbox(database) if row["event_type"] == "adjustment.updated"])
    work_off()
    assert state(database, intent) == ("reversed", "open", "signed")


def an_event(event_id="evt_1", **changes):
    event = {"event_id": event_id, "event_type": "customer.created", "occurred_at": "2026-11-23T10:00:00Z"}
    return json.dumps(event | {"data": {"id": "ctm_1"}} | changes).encode()


def post(web, body, **headers):
    return httpx.post(f"{web}/api/webhooks/paddle", content=body, headers=headers).status_code


def test_the_web_process_keeps_an_event_it_may_not_read_and_wakes_a_worker(database):
    use_role(DbRole.APP)
    for expected in (True, False):
        with unit_of_work(Visitor()) as work:
            assert webhooks.receive(work, an_event()) is expected
    with unit_of_work(Visitor()) as work:
        assert work.db.exec(select(WebhookEvent)).all() == []
    (row,) = inbox(database)
    assert _queue("mail").job_ids == [f"webhook-{row['id']}"]


def test_the_door_answers_what_each_knock_deserves(database, web):
    body = an_event()
    signed = {"Paddle-Signature": signature(body, WEBHOOK_SECRET)}
    assert post(web, body) == 401
    assert post(web, body, **{"Paddle-Signature": signature(body, "somebody-else")}) == 401
    assert (
        post(web, body, **{"Paddle-Signature": signature(body, WEBHOOK_SECRET, at=int(time.time()) - 120)})
        == 401
    )
    assert inbox(database) == []
    assert post(web, body, **signed) == 200
    assert post(web, body, **signed) == 200
    assert len(inbox(database)) == 1
    nonsense = b'{"hello": 1}'
    assert post(web, nonsense, **{"Paddle-Signature": signature(nonsense, WEBHOOK_SECRET)}) == 400
    assert post(web, b"x" * 600_000) == 413
    assert httpx.get(f"{web}/api/webhooks/paddle").status_code == 405
    work_off()
    assert [row["status"] for row in inbox(database)] == ["ignored"]
