"""Money is counted once, in whole minor units, whoever presses how often; the document follows the invoices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paddle_billing.Entities.Shared import CurrencyCode
from sqlmodel import col, func, select

from contractflow import config
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import AppError, IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import Invoice, Notification, Payment
from contractflow.money import CURRENCIES
from contractflow.permissions import Signer, System
from contractflow.services import invoices, orgs, payments
from contractflow.services.payments import checkouts
from contractflow.workflows.billing import InvoiceStatus, PaymentStatus
from contractflow.workflows.document import Status
from tests import builders, cast
from tests.integration.test_invoices import agencies, mails, of, planned, row, status_of, trail  # noqa: F401  the fixture

PADDLE = System(cast.NORTHLIGHT, "paddle")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def record(invoice_id, amount, key="key", actor=cast.adam, **other):
    with unit_of_work(actor) as work:
        facts = {"received_on": work.now.date(), "reference": "INV", "idempotency_key": key} | other
        return payments.record(work, invoice_id, amount_minor=amount, **facts)


def invoice_of(invoice_id):
    with unit_of_work(cast.northlight) as work:
        return work.db.get_one(Invoice, invoice_id)


def payments_of(invoice_id):
    with unit_of_work(cast.northlight) as work:
        query = select(Payment).where(col(Payment.invoice_id) == invoice_id).order_by(col(Payment.id))
        return list(work.db.exec(query))


def client_of(document_id):
    with unit_of_work(cast.northlight) as work:
        signer = builders.signer_of(work, document_id)
    return Signer(cast.NORTHLIGHT, document_id, signer.id, signer.name, "198.51.100.7", "pytest")


def doing(actor, verb, *args, **kwargs):
    with unit_of_work(actor) as work:
        return verb(work, *args, **kwargs)


def at_once(*calls):
    """Run every call in its own thread; what each answered, an expected refusal included."""

    def attempt(call):
        try:
            return call()
        except AppError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(attempt, calls))


@pytest.fixture
def cards(agencies, monkeypatch):  # noqa: F811
    """Northlight has connected Paddle."""
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_API_KEY", "pdl_sdbx_apikey_sandbox")
    config.settings.cache_clear()
    doing(cast.olivia, orgs.connect_paddle, is_confirmed=True)
    yield
    monkeypatch.undo()
    config.settings.cache_clear()


# ---- recording a transfer -------------------------------------------------------------------------------------


def test_only_admins_record_and_strangers_find_nothing(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    for actor in (cast.mia, cast.victor, client_of(document_id)):
        with pytest.raises(NotAllowed, match="Only admins and above can record payments"):
            record(invoice_id, 1_000, actor=actor)
    with pytest.raises(NotFound):
        record(invoice_id, 1_000, actor=cast.rita)
    assert payments_of(invoice_id) == []


def test_a_recorded_payment_pays_the_invoice_and_the_document_and_sends_a_receipt(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = record(invoice_id, 1_000, reference="  Transfer\n4711 ")

    invoice = invoice_of(invoice_id)
    assert (invoice.status, invoice.paid_minor) == (InvoiceStatus.PAID, 1_000)
    assert status_of(document_id) is Status.PAID
    (payment,) = payments_of(invoice_id)
    assert (payment.status, payment.reference, payment.recorded_by) == (
        "succeeded",
        "Transfer 4711",
        cast.adam.user_id,
    )
    assert trail(payment_id) == [("payment:record", cast.adam.name), ("payment:confirm", "payments")]
    assert trail(invoice_id)[-1] == ("invoice:pay", "payments")
    assert trail(document_id)[-1] == ("document:pay", "payments")
    (receipt,) = mails("payment_received")
    assert (receipt.recipient, receipt.payload["amount"], receipt.payload["left"]) == (
        cast.clara.email,
        "€10.00",
        "",
    )


def test_a_part_leaves_the_rest_open(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    record(invoice_id, 300, "first")
    assert (invoice_of(invoice_id).status, status_of(document_id)) == (
        InvoiceStatus.PARTIALLY_PAID,
        Status.SIGNED,
    )
    record(invoice_id, 200, "second")
    assert invoice_of(invoice_id).paid_minor == 500
    record(invoice_id, 500, "third")
    assert (invoice_of(invoice_id).status, status_of(document_id)) == (InvoiceStatus.PAID, Status.PAID)
    assert [mail.payload["left"] for mail in mails("payment_received")] == ["€7.00", "€5.00", ""]


def test_the_document_waits_for_every_invoice(agencies):  # noqa: F811
    document_id, (first, second) = planned(row("deposit", 1_000), row("final", 2_000, "manual"))
    record(first, 1_000)
    assert status_of(document_id) is Status.SIGNED
    with pytest.raises(IllegalMove, match="not been sent"):
        record(second, 2_000)
    doing(cast.mia, invoices.issue_now, second)
    record(second, 2_000)
    assert status_of(document_id) is Status.PAID


def test_the_same_form_twice_is_one_payment(agencies):  # noqa: F811
    _, (invoice_id,) = planned(row("deposit", 1_000))
    assert record(invoice_id, 400, "one form") == record(invoice_id, 400, "one form")
    assert invoice_of(invoice_id).paid_minor == 400
    assert len(mails("payment_received")) == 1


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"amount": 1_001}, "amount", "Only €10.00 is still open"),
        ({"amount": 0}, "amount", "above zero"),
        ({"amount": -5}, "amount", "above zero"),
        ({"currency": "USD"}, "currency", "is in EUR"),
        ({"received_on": (datetime.now(UTC) + timedelta(days=2)).date()}, "received_on", "has not come yet"),
        (
            {"received_on": datetime(1026, 1, 1, tzinfo=UTC).date()},
            "received_on",
            "the day the money arrived",
        ),
        ({"reference": "x" * 141}, "reference", "at most 140"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_changes_nothing(agencies, change, field, says):  # noqa: F811
    _, (invoice_id,) = planned(row("deposit", 1_000))
    with pytest.raises(Invalid, match=says) as refusal:
        record(invoice_id, **{"amount": 1_000} | change)
    assert refusal.value.field == field
    assert (payments_of(invoice_id), invoice_of(invoice_id).paid_minor) == ([], 0)


def test_what_a_person_typed_is_read_in_the_invoices_currency(agencies):  # noqa: F811
    _, (invoice_id,) = planned(row("deposit", 120_050))

    def typed(actor=cast.adam, **changed):
        form = {"amount": "1,200.50", "received_on": "2026-11-20", "reference": ""} | changed
        doing(actor, payments.record_typed, invoice_id, payments.TypedPayment(**form), idempotency_key="form")

    for field, wrong in (
        ("amount", "1.200"),
        ("amount", "-1"),
        ("received_on", "yesterday"),
        ("received_on", ""),
    ):
        with pytest.raises(Invalid) as refusal:
            typed(**{field: wrong})
        assert refusal.value.field == field
    with pytest.raises(NotFound):
        typed(cast.rita)
    with pytest.raises(NotAllowed):
        typed(cast.mia)
    typed()
    assert invoice_of(invoice_id).status is InvoiceStatus.PAID


def test_nothing_is_paid_on_a_void_or_settled_invoice(agencies):  # noqa: F811
    _, (paid, void) = planned(row("deposit", 1_000), row("other", 1_000))
    record(paid, 1_000, "first")
    doing(cast.adam, invoices.void, void, "Dropped")
    with pytest.raises(IllegalMove, match="paid already"):
        record(paid, 1, "second")
    with pytest.raises(IllegalMove, match="voided"):
        record(void, 1_000, "third")


def test_two_admins_at_once_book_it_once(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    answers = at_once(
        lambda: record(invoice_id, 1_000, "adam"),
        lambda: record(invoice_id, 1_000, "olivia", actor=cast.olivia),
    )
    assert sorted(isinstance(each, IllegalMove) for each in answers) == [False, True]
    assert [p.amount_minor for p in payments_of(invoice_id)] == [1_000]
    assert [action for action, _ in trail(document_id)].count("document:pay") == 1


def test_a_double_click_in_two_threads_is_one_payment(agencies):  # noqa: F811
    _, (invoice_id,) = planned(row("deposit", 1_000))
    first, second = at_once(*[lambda: record(invoice_id, 400, "one form")] * 2)
    assert first == second
    assert invoice_of(invoice_id).paid_minor == 400


def test_the_last_two_invoices_paid_at_once_pay_the_document_once(agencies):  # noqa: F811
    for _ in range(5):
        document_id, (first, second) = planned(row("deposit", 1_000), row("final", 2_000))
        at_once(lambda a=first: record(a, 1_000), lambda b=second: record(b, 2_000))
        assert status_of(document_id) is Status.PAID
        assert [action for action, _ in trail(document_id)].count("document:pay") == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(st.integers(1, 10**11), min_size=1, max_size=3),
    cuts=st.lists(st.floats(0.01, 0.99), max_size=4),
)
def test_money_never_drifts_however_it_is_split(agencies, plan, cuts):  # noqa: F811
    """Plans of any amounts, each paid in any parts: to the cent, and paid exactly with the last part."""
    document_id, ids = planned(*[row(f"part{n}", amount) for n, amount in enumerate(plan)])
    for invoice_id, amount in zip(ids, plan, strict=True):
        left = amount
        for n, cut in enumerate(cuts):
            part = int(left * cut)
            if part:
                record(invoice_id, part, f"part-{n}")
                left -= part
            assert invoice_of(invoice_id).paid_minor == amount - left
        record(invoice_id, left, "rest")
    assert status_of(document_id) is Status.PAID
    with unit_of_work(cast.northlight) as work:
        received = work.db.exec(
            select(func.sum(Payment.amount_minor))
            .join(Invoice, col(Invoice.id) == Payment.invoice_id)
            .where(col(Invoice.document_id) == document_id)
        ).one()
    assert received == sum(plan)


# ---- the client says that a transfer is on its way --------------------------------------------------------------


def test_a_client_reports_a_transfer_once_and_the_agency_hears_of_it(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    client = client_of(document_id)
    for _ in range(2):
        doing(client, payments.report_transfer, invoice_id, "From our account at GLS")
    (payment,) = payments_of(invoice_id)
    assert (payment.status, payment.amount_minor, payment.note) == (
        "pending",
        1_000,
        "From our account at GLS",
    )
    assert trail(payment.id) == [("payment:report", client.name)]
    assert {mail.recipient for mail in mails("payment_reported")} == {
        cast.email_of(who) for who in (cast.olivia, cast.adam, cast.mia)
    }
    with unit_of_work(cast.northlight) as work:
        feed = select(Notification.user_id).where(col(Notification.channel) == "in_app")
        assert set(work.db.exec(feed)) == {cast.olivia.user_id, cast.adam.user_id, cast.mia.user_id}
    assert invoice_of(invoice_id).status is InvoiceStatus.OPEN
    assert doing(cast.adam, invoices.one, invoice_id).reported == "€10.00"
    assert doing(client, payments.to_pay, invoice_id).is_reported


def test_recording_what_was_reported_is_that_payment(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    doing(client_of(document_id), payments.report_transfer, invoice_id)
    record(invoice_id, 1_000)
    assert [p.status for p in payments_of(invoice_id)] == [PaymentStatus.SUCCEEDED]
    assert status_of(document_id) is Status.PAID


def test_another_amount_takes_the_place_of_what_was_reported(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    client = client_of(document_id)
    doing(client, payments.report_transfer, invoice_id)
    record(invoice_id, 600)
    assert [(p.status, p.amount_minor) for p in payments_of(invoice_id)] == [
        ("failed", 1_000),
        ("succeeded", 600),
    ]
    doing(client, payments.report_transfer, invoice_id)
    assert payments_of(invoice_id)[-1].amount_minor == 400


def test_reporting_is_the_clients_of_this_document_alone(agencies):  # noqa: F811
    _, (invoice_id,) = planned(row("deposit", 1_000))
    other, _ = planned(row("deposit", 1_000))
    with pytest.raises(NotAllowed, match="Only the person"):
        doing(cast.adam, payments.report_transfer, invoice_id)
    for verb in (payments.report_transfer, payments.start_checkout, payments.to_pay):
        with pytest.raises(NotFound):
            doing(client_of(other), verb, invoice_id)
        with pytest.raises(NotFound):
            doing(Signer(cast.REDSHIFT, other, client_of(other).signer_id, "Rita"), verb, invoice_id)


# ---- cards ------------------------------------------------------------------------------------------------------


def confirm(payment_id, amount=1_000, currency="EUR", ref="txn_1", actor=PADDLE):
    doing(
        actor,
        payments.confirm,
        payment_id,
        provider_ref=ref,
        amount_minor=amount,
        currency=currency,
        occurred_at=NOW,
    )


def started(invoice_id, document_id):
    return doing(client_of(document_id), payments.start_checkout, invoice_id)


def test_cards_only_where_the_agency_takes_them(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    with pytest.raises(IllegalMove, match="Pay by bank transfer"):
        started(invoice_id, document_id)
    assert payments_of(invoice_id) == []


def test_no_card_for_a_currency_that_paddle_does_not_take(cards):
    unknown = {code for code in CURRENCIES if not CurrencyCode(code).is_known()}
    assert unknown == checkouts.NOT_BY_CARD
    with unit_of_work(cast.northlight) as work:
        client = builders.a_client(work, currency="RON")
        document, _ = builders.a_signed_document(work, client=client)
        invoices.plan_out(work, document)
        document_id = document.id
    (invoice_id,) = [invoice.id for invoice in of(document_id) if invoice.number]
    assert not doing(client_of(document_id), payments.to_pay, invoice_id).takes_cards
    with pytest.raises(IllegalMove, match="Pay by bank transfer"):
        started(invoice_id, document_id)


def test_a_checkout_starts_once_with_what_is_open(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    assert started(invoice_id, document_id) == payment_id
    assert len({*at_once(*[lambda: started(invoice_id, document_id)] * 3)}) == 1
    intent = doing(client_of(document_id), payments.checkout, payment_id)
    assert (intent.amount_minor, intent.currency, intent.payer_email) == (1_000, "EUR", cast.clara.email)
    assert intent.return_url.endswith(f"/portal/invoices/{invoice_id}?from=checkout")
    assert trail(payment_id) == [("payment:start", cast.clara.name)]


def test_a_part_paid_meanwhile_starts_another_checkout(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    first = started(invoice_id, document_id)
    record(invoice_id, 400)
    second = started(invoice_id, document_id)
    assert [(p.status, p.amount_minor) for p in payments_of(invoice_id) if p.provider == "paddle"] == [
        ("failed", 1_000),
        ("pending", 600),
    ]
    with pytest.raises(IllegalMove, match="no longer open"):
        doing(client_of(document_id), payments.checkout, first)
    confirm(second, 600)
    assert status_of(document_id) is Status.PAID


def test_only_the_provider_confirms(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    for actor in (cast.olivia, client_of(document_id)):
        for verb, facts in (
            (
                payments.confirm,
                {"provider_ref": "x", "amount_minor": 1_000, "currency": "EUR", "occurred_at": NOW},
            ),
            (payments.fail, {"reason": "x"}),
            (
                payments.reverse,
                {"kind": "refund", "provider_ref": "x", "amount_minor": 1_000, "occurred_at": NOW},
            ),
        ):
            with pytest.raises(NotAllowed):
                doing(actor, verb, payment_id, **facts)
    with pytest.raises(NotFound):
        confirm(payment_id, actor=System(cast.REDSHIFT, "paddle"))
    assert [p.status for p in payments_of(invoice_id)] == ["pending"]


def test_a_confirmed_card_payment_counts_once_however_often_it_is_told(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    doing(client_of(document_id), payments.checkout_opened, payment_id, "txn_1")
    at_once(*[lambda: confirm(payment_id)] * 4)
    confirm(payment_id)
    assert invoice_of(invoice_id).paid_minor == 1_000
    assert status_of(document_id) is Status.PAID
    assert trail(payment_id)[-1] == ("payment:confirm", "payments")
    assert [action for action, _ in trail(payment_id)].count("payment:confirm") == 1
    assert len(mails("payment_received")) == 1
    assert {mail.recipient for mail in mails("payment_arrived")} == {
        cast.email_of(who) for who in (cast.olivia, cast.adam, cast.mia)
    }


@pytest.mark.parametrize("wrong", [{"currency": "USD"}, {"amount": 999}, {"amount": 1_001}])
def test_money_that_does_not_fit_pays_nothing_and_is_told_once(cards, wrong):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    for _ in range(2):
        confirm(payment_id, **wrong)
    assert invoice_of(invoice_id).paid_minor == 0
    assert [action for action, _ in trail(payment_id)].count("payment:misfit") == 1
    assert len(mails("payment_misfit")) == 3
    (shown,) = doing(cast.adam, invoices.one, invoice_id).payments
    assert "does not fit" in shown.note


def test_money_for_a_void_invoice_does_not_fit(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    doing(cast.adam, invoices.void, invoice_id, "Dropped")
    confirm(payment_id)
    assert invoice_of(invoice_id).status is InvoiceStatus.VOID
    assert len(mails("payment_misfit")) == 3


def test_money_that_comes_after_it_was_given_up_is_still_money(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    for _ in range(2):
        doing(PADDLE, payments.fail, payment_id, reason="The checkout was canceled.")
    assert payments_of(invoice_id)[0].status is PaymentStatus.FAILED
    confirm(payment_id)
    assert status_of(document_id) is Status.PAID


def test_a_refund_opens_the_invoice_and_the_document_again(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    confirm(payment_id)
    for _ in range(2):
        doing(
            PADDLE,
            payments.reverse,
            payment_id,
            kind="refund",
            provider_ref="adj_1",
            amount_minor=1_000,
            occurred_at=NOW,
        )
    assert (invoice_of(invoice_id).status, invoice_of(invoice_id).paid_minor) == (InvoiceStatus.OPEN, 0)
    assert status_of(document_id) is Status.SIGNED
    assert [action for action, _ in trail(payment_id)].count("payment:reverse") == 1
    assert trail(document_id)[-1] == ("document:unpay", "payments")
    assert len(mails("payment_reversed")) == 3
    record(invoice_id, 1_000, "paid after all")
    assert status_of(document_id) is Status.PAID


def test_a_part_goes_back_and_the_rest_stays_paid(cards):
    document_id, (invoice_id,) = planned(row("deposit", 1_000))
    payment_id = started(invoice_id, document_id)
    confirm(payment_id)

    def back(amount, ref):
        doing(
            PADDLE,
            payments.reverse,
            payment_id,
            kind="chargeback",
            provider_ref=ref,
            amount_minor=amount,
            occurred_at=NOW,
        )

    back(300, "adj_1")
    back(300, "adj_1")
    assert (invoice_of(invoice_id).status, invoice_of(invoice_id).paid_minor) == (
        InvoiceStatus.PARTIALLY_PAID,
        700,
    )
    with pytest.raises(IllegalMove, match="More would go back"):
        back(701, "adj_2")
    back(700, "adj_3")
    assert (invoice_of(invoice_id).status, invoice_of(invoice_id).paid_minor) == (InvoiceStatus.OPEN, 0)
    assert status_of(document_id) is Status.SIGNED


# ---- what the client sees ---------------------------------------------------------------------------------------


def test_the_pay_page_shows_what_is_open_and_where_to_send_it(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("deposit", 120_000))
    client = client_of(document_id)
    assert doing(client, payments.to_pay, invoice_id).bank == []
    doing(cast.adam, orgs.save_bank_details, holder="Northlight GmbH", iban="DE89 3704 0044 0532 0130 00")
    record(invoice_id, 20_000)
    page = doing(client, payments.to_pay, invoice_id)
    assert (page.amount, page.pill, page.is_payable, page.takes_cards) == (
        "€1,000.00",
        "partially_paid",
        True,
        False,
    )
    assert [(line.label, line.copied) for line in page.bank] == [
        ("Amount", "1000.00"),
        ("Account holder", "Northlight GmbH"),
        ("IBAN", "DE89370400440532013000"),
        ("Reference", "INV-000001"),
    ]
    assert (page.contact, page.contact_email) == (cast.mia.name, cast.email_of(cast.mia))
    record(invoice_id, 100_000, "rest")
    page = doing(client, payments.to_pay, invoice_id)
    assert (page.amount, page.pill, page.bank, len(page.payments)) == ("€1,200.00", "paid", [], 2)


def test_a_scheduled_invoice_is_nobodys_business_yet(agencies):  # noqa: F811
    document_id, (invoice_id,) = planned(row("final", 1_000, "manual"))
    with pytest.raises(NotFound):
        doing(client_of(document_id), payments.to_pay, invoice_id)
