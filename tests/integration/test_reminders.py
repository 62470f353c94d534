"""An invoice whose day has passed: the agency hears of it once, the client is reminded until something happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, NotAllowed, NotFound
from contractflow.integrations.email.kinds import KINDS
from contractflow.jobs import invoices as invoice_jobs
from contractflow.models import Contact, Document, Invoice, Notification, Org, Payment, Subscription
from contractflow.ops import admins
from contractflow.permissions import PlatformAdmin, Signer
from contractflow.services import invoices, notifications, orgs, payments, platform, timeline
from contractflow.workflows.billing import InvoiceStatus, SubscriptionStatus
from tests import builders, cast
from tests.integration.journey import as_
from tests.integration.test_gates import sweep
from tests.integration.test_invoices import agencies, mails, pay, planned, row, trail

__all__ = ["agencies"]


def overdue(days, *, owner=cast.mia, **facts):
    """An open invoice whose day was so many days ago, as if nothing had happened since."""
    document_id, (invoice_id,) = planned(row("deposit", 40_000), **facts)
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Document, document_id).owner_id = owner.membership_id
    let_pass(invoice_id, days)
    return invoice_id


def let_pass(invoice_id, days):
    """Its day, and when it is looked at next, move so far into the past that the first is `days` ago."""
    with unit_of_work(cast.northlight) as work:
        invoice = work.db.get_one(Invoice, invoice_id)
        moved = invoice.due_on - (work.now.date() - timedelta(days=days))
        invoice.due_on -= moved
        if invoice.next_reminder_at:
            invoice.next_reminder_at -= moved
            if days in (1, 3, 10, 21):  # it is nine o'clock only in some of the hours of a test
                invoice.next_reminder_at = min(invoice.next_reminder_at, work.now)
        if invoice.reminded_at:
            invoice.reminded_at -= moved


def look(invoice_id):
    with unit_of_work(cast.northlight) as work:
        return work.db.get_one(Invoice, invoice_id)


def attend(invoice_id):
    invoice_jobs.attend_overdue(str(cast.NORTHLIGHT), str(invoice_id))


def due():
    return [row.id for row in sweep("gate_overdue_invoices")]


def steps(invoice_id):
    return [action for action, _ in trail(invoice_id) if action not in ("invoice:schedule", "invoice:issue")]


def test_the_agency_hears_once_and_the_client_three_times(agencies):
    invoice_id = overdue(0)
    assert due() == []
    attend(invoice_id)
    for days in (1, 2, 3, 4, 10, 20, 21, 22, 40):
        let_pass(invoice_id, days)
        assert due() == ([invoice_id] if days in (1, 3, 10, 21) else []), days
        attend(invoice_id)
        attend(invoice_id)
    assert steps(invoice_id) == ["invoice:fall_overdue", *["invoice:remind"] * 3]
    assert {mail.recipient for mail in mails("invoice_overdue")} == {
        cast.email_of(each) for each in (cast.olivia, cast.adam, cast.mia)
    }
    assert [mail.recipient for mail in mails("invoice_reminder")] == [cast.clara.email] * 3
    with unit_of_work(cast.northlight) as work:
        invoice = work.db.get_one(Invoice, invoice_id)
        assert (invoice.reminder_count, invoice.next_reminder_at) == (3, None)
        feed = select(Notification.kind).where(col(Notification.channel) == "in_app")
        assert list(work.db.exec(feed)) == ["invoice_overdue"] * 3


def test_the_agency_hears_of_it_also_when_it_moves_to_another_time_zone(agencies):
    invoice_id = overdue(0)
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Org, cast.NORTHLIGHT).timezone = "Pacific/Honolulu"
    let_pass(invoice_id, 1)
    attend(invoice_id)
    assert steps(invoice_id) == ["invoice:fall_overdue"]


def test_the_reminder_says_what_is_open_and_leads_to_paying_it(agencies):
    invoice_id = overdue(0)
    pay(invoice_id, 15_000)
    let_pass(invoice_id, 3)
    attend(invoice_id)
    (mail,) = mails("invoice_reminder")
    with unit_of_work(cast.northlight) as work:
        written = notifications.write(work, mail.id)
        number, invoice = mail.payload["number"], work.db.get_one(Invoice, invoice_id)
        day = f"{invoice.due_on.day} {invoice.due_on:%B %Y}"
    words = written.get_body(("plain",)).get_content()
    assert written["Subject"] == f"Invoice {number} from Northlight was due on {day}"
    assert written["Reply-To"] == cast.email_of(cast.mia)
    assert "€250.00" in words
    assert "the rest of it" in words
    assert "/portal/pay/" in words
    assert KINDS["invoice_reminder"].in_feed is False


def test_what_was_missed_meanwhile_does_not_come_all_at_once(agencies):
    invoice_id = overdue(12)
    attend(invoice_id)
    assert steps(invoice_id) == ["invoice:fall_overdue", "invoice:remind"]
    assert len(mails("invoice_reminder")) == 1
    assert due() == []


def reported(invoice_id):
    with unit_of_work(cast.northlight) as work:
        invoice = work.db.get_one(Invoice, invoice_id)
        signer = builders.signer_of(work, invoice.document_id)
    client = Signer(cast.NORTHLIGHT, invoice.document_id, signer.id, signer.name)
    as_(client, payments.report_transfer, invoice_id)


def test_nobody_is_reminded_of_what_is_paid_on_its_way_voided_or_turned_off(agencies):
    def paid(invoice_id):
        pay(invoice_id, 40_000)

    def voided(invoice_id):
        as_(cast.adam, invoices.void, invoice_id, "Agreed otherwise")

    def turned_off(invoice_id):
        as_(cast.mia, invoices.switch_reminders, invoice_id, on=False)

    def without_payer(invoice_id):
        with unit_of_work(cast.northlight) as work:
            for contact in work.db.exec(select(Contact)):
                contact.can_pay = False

    for happens, tells in (
        (paid, False),
        (voided, False),
        (reported, True),
        (turned_off, True),
        (without_payer, True),
    ):
        invoice_id = overdue(3)
        happens(invoice_id)
        assert due() == ([invoice_id] if tells else []), happens
        attend(invoice_id)
        assert ("invoice:fall_overdue" in steps(invoice_id)) is tells, happens
        assert "invoice:remind" not in steps(invoice_id), happens
        with unit_of_work(cast.northlight) as work:
            work.db.get_one(Invoice, invoice_id).next_reminder_at = None
    assert mails("invoice_reminder") == []


def test_what_comes_back_to_open_is_not_reminded_of_on_the_same_day(agencies):
    invoice_id = overdue(10)
    pay(invoice_id, 40_000)
    with unit_of_work(cast.northlight) as work:
        payment_id = work.db.exec(select(Payment.id).where(col(Payment.invoice_id) == invoice_id)).one()
        back = {"kind": "refund", "provider_ref": "r1", "amount_minor": 40_000, "occurred_at": work.now}
        payments.reverse(work, payment_id, **back)
    assert look(invoice_id).status is InvoiceStatus.OPEN
    assert due() == []


def test_an_organisation_that_only_reads_or_ends_writes_to_nobody(agencies):
    invoice_id = overdue(3)
    with unit_of_work(cast.northlight) as work:
        plan = Subscription(
            org_id=cast.NORTHLIGHT, tier="growth", seats=10, status=SubscriptionStatus.READ_ONLY
        )
        work.db.add(plan)
        work.db.flush()
        plan_id = plan.id
    assert due() == []
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Subscription, plan_id).status = SubscriptionStatus.ACTIVE
    assert due() == [invoice_id]
    as_(cast.olivia, orgs.request_deletion, "Northlight")
    assert due() == []
    as_(cast.olivia, orgs.undo_deletion)
    assert due() == [invoice_id]
    admins.change(cast.email_of(cast.rita), is_to_be=True)
    petra = PlatformAdmin(cast.rita.user_id, cast.NORTHLIGHT, "Petra")
    as_(petra, platform.suspend, "Unpaid.")
    assert due() == []


def test_by_hand_once_a_day_and_not_by_everybody(agencies):
    invoice_id = overdue(2)
    with pytest.raises(NotAllowed, match="Only admins and above can remind clients"):
        as_(cast.victor, invoices.remind, invoice_id)
    for act, args in ((invoices.remind, {}), (invoices.switch_reminders, {"on": False})):
        with pytest.raises(NotFound):
            as_(cast.rita, act, invoice_id, **args)
    as_(cast.mia, invoices.remind, invoice_id)
    with pytest.raises(IllegalMove, match="was reminded just now"):
        as_(cast.adam, invoices.remind, invoice_id)
    assert trail(invoice_id)[-1] == ("invoice:remind", cast.mia.name)
    assert len(mails("invoice_reminder")) == 1
    let_pass(invoice_id, 3)
    attend(invoice_id)
    assert len(mails("invoice_reminder")) == 2

    others = overdue(2, owner=cast.adam)
    with pytest.raises(NotAllowed, match="remind clients of other people's invoices"):
        as_(cast.mia, invoices.remind, others)


def test_a_reminder_by_hand_takes_the_place_of_the_one_of_that_day(agencies):
    invoice_id = overdue(3)
    as_(cast.mia, invoices.remind, invoice_id)
    attend(invoice_id)
    assert len(mails("invoice_reminder")) == 1


def test_the_page_says_why_nobody_can_be_reminded_and_the_timeline_who_was(agencies):
    invoice_id = overdue(0)

    def shows(actor=cast.mia):
        return as_(actor, invoices.one, invoice_id).reminders

    assert (shows().can_send, shows().why_not_send) == (
        False,
        "A reminder can go out from the day after the due date.",
    )
    let_pass(invoice_id, 2)
    assert (shows().can_send, shows().can_switch) == (True, True)
    assert shows().words.startswith("None sent yet. The next goes out on ")
    assert (shows(cast.victor).can_send, shows(cast.victor).can_switch) == (False, False)
    as_(cast.mia, invoices.remind, invoice_id)
    assert shows().why_not_send.startswith(
        "The client was reminded just now. You can remind them again from "
    )
    for _ in range(2):
        as_(cast.mia, invoices.switch_reminders, invoice_id, on=False)
    assert shows().words == "1 sent, the last just now. Turned off"
    assert steps(invoice_id) == ["invoice:remind", "invoice:switch_reminders"]
    as_(cast.mia, invoices.switch_reminders, invoice_id, on=True)
    reported(invoice_id)
    assert shows().why_not_send == "The client says that the transfer is on its way."
    pay(invoice_id, 40_000)
    assert (shows().words, shows().can_switch) == ("1 sent, the last just now", False)
    with pytest.raises(IllegalMove, match="Nothing is open"):
        as_(cast.mia, invoices.switch_reminders, invoice_id, on=False)
    with unit_of_work(cast.victor) as work:
        document_id = work.db.get_one(Invoice, invoice_id).document_id
        told = [event.words for day in timeline.of_document(work, document_id) for event in day.events]
    assert "Mia Member reminded the client of an invoice" in told
