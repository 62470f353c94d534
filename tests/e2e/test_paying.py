"""The client pays on a phone: by card, then by transfer; the agency's open pages follow by themselves."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e import looks
from tests.e2e.people import DEMO_PASSWORD, PHONE, Person
from tests.e2e.product import until

pytestmark = pytest.mark.xdist_group("product")

CLIENT = "Fernhill Hotels"
SECONDS_OF_THE_DEMO = 150  # its mails and seals stand in the queue before what this test waits for
WEBHOOK_MS = 60_000


async def test_a_client_pays_by_card_and_by_transfer(meet) -> None:
    olivia = await meet("Olivia Hart", "olivia@northlight.test")
    callum = await meet("Callum Reid", "callum@fernhill.test", **PHONE)
    await olivia.sign_in(DEMO_PASSWORD)
    await _connect_paddle(olivia)

    await until(lambda: callum.product.mails(callum.email, "Invoice INV"), "the invoice", SECONDS_OF_THE_DEMO)
    await callum.open_mail("Invoice INV", "/portal/pay/")
    await callum.sees("£3,800.00", "DE89 3704 0044 0532 0130 00")
    await _open_invoice(olivia, "Deposit")
    await callum.press("Pay now")
    await callum.page.wait_for_url("**/checkout?_ptxn=*")
    await callum.press("Decline")
    await callum.sees("The card was declined.")
    await callum.page.get_by_role("link", name=re.compile("Back")).click()
    await callum.sees("We are waiting to hear that your payment arrived")
    await callum.press("Pay now")
    await callum.sees("The card was declined.")  # the same checkout
    await callum.page.get_by_role("button", name=re.compile("^Pay")).click()
    await callum.page.get_by_role("link", name=re.compile("Back")).click()
    await expect(callum.words("Paid. Thank you")).to_be_visible(timeout=WEBHOOK_MS)
    await expect(olivia.pill("Paid")).to_be_visible()

    await _open_invoice(olivia, "Final payment")
    await olivia.press("Issue now")
    await expect(olivia.pill("Open")).to_be_visible()
    await callum.open_mail(": £7,600.00", "/portal/pay/")
    await callum.press("I've sent the transfer")
    await looks.at_dialog(callum.page, "pay_steps.report_dialog")
    await callum.fill({"Note": "From our account at GLS"})
    await callum.page.get_by_role("dialog").get_by_role("button", name="I've sent the transfer").click()
    await callum.sees("You told Northlight that the transfer is on its way")
    await olivia.sees(f"{CLIENT} says that £7,600.00 is on its way", re.compile("From our account at GLS"))

    await _record(olivia, "9,000.00")
    await olivia.sees("Only £7,600.00 is still open on this invoice.")
    await expect(olivia.field("Amount")).to_have_value("9,000.00")
    await olivia.fill({"Amount": "7,600.00", "Reference": "SEPA 4711"})
    record = olivia.page.get_by_role("dialog").get_by_role("button", name="Record payment")
    await olivia.rest(record)
    await record.dblclick()
    await expect(olivia.pill("Paid")).to_be_visible()
    await expect(olivia.page.get_by_role("table", name="Payments").get_by_role("row")).to_have_count(2)
    await callum.sees("Paid. Thank you")
    await olivia.page.get_by_role("link", name="Booking page conversion study").click()
    await olivia.page.wait_for_url("**/documents/*-*")
    await expect(olivia.pill("Paid").first).to_be_visible()


async def _connect_paddle(owner: Person) -> None:
    await owner.goto("/settings/payments")
    await owner.press("Connect Paddle")
    dialog = owner.page.get_by_role("dialog")
    await looks.at_dialog(owner.page, "payment_settings._connect")
    await dialog.get_by_role("checkbox").check()
    await dialog.get_by_role("button", name="Connect Paddle").click()
    await expect(owner.pill("Connected")).to_be_visible()
    await owner.press("Disconnect")
    await looks.at_dialog(owner.page, "payment_settings._on")
    await owner.page.keyboard.press("Escape")


async def _open_invoice(member: Person, label: str) -> None:
    await member.goto("/invoices")
    await member.page.get_by_role("link", name=f"{CLIENT} · {label}").click()
    await member.page.wait_for_url("**/invoices/*-*")


async def _record(member: Person, amount: str) -> None:
    await member.press("Record payment")
    await member.fill({"Amount": amount})
    await member.page.get_by_role("dialog").get_by_role("button", name="Record payment").click()
