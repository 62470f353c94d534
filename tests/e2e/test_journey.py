"""The main job from sign-up to Paid, with three people, each in a browser of their own. The client has no mouse until Paddle's page."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e import keyboard, steps
from tests.e2e.people import Person
from tests.e2e.product import Product

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(240)]

# What the timeline has to tell, oldest first: who, and what.
STORY = (
    "Olivia Owner created the document",
    "Olivia Owner asked the AI for a draft",
    "Olivia Owner stopped the draft",
    "finished the draft",
    "Olivia Owner confirmed the placeholder text",
    "Olivia Owner edited the text",
    "Olivia Owner submitted it for review",
    "Adam Admin requested changes",
    "Adam Admin approved this version",
    "set the review back: the text changed",
    "Olivia Owner sent it to the client",
    "Clara Client opened the document",
    "Clara Client agreed to sign electronically",
    "Clara Client asked for a code by mail",
    "Clara Client proved the mail address with the code",
    "Clara Client signed",
    "sealed the PDF",
    "issued an invoice",
    "Clara Client reported a bank transfer",
    "Adam Admin recorded a payment",
    "Olivia Owner issued an invoice by hand",
    "Clara Client started to pay by card",
    "Clara Client opened the card page",
    "settled an invoice",
    "marked it as paid",
)


async def test_from_sign_up_to_paid(meet, product: Product) -> None:
    olivia, adam, clara = await meet("Olivia Owner"), await meet("Adam Admin"), await meet("Clara Client")

    await olivia.sign_up("Northlight Studio")
    await olivia.sees("Your first contract")
    await olivia.confirm_address()
    await steps.invite(olivia, adam)
    await steps.add_client(olivia, clara)
    await steps.set_up_payments(olivia)
    document = await steps.new_document(olivia, "Website relaunch")
    await adam.goto(document)

    await _draft(olivia, adam, product)
    await _review(olivia, adam)
    await steps.send(olivia)

    await clara.open_mail("to sign", "/portal/open/")
    await keyboard.agree_and_prove(clara)
    await keyboard.sign_typed(clara)
    await _receive_the_sealed_pdf(olivia, clara, document)
    await _pay_the_deposit(clara, adam)
    await _pay_the_rest(clara, olivia)

    await olivia.goto(document)
    await expect(olivia.pill("Paid").first).to_be_visible()
    for step in STORY:
        await expect(olivia.page.locator(".cf-timeline")).to_contain_text(step)
    proof = product.command("audit", "verify")
    assert proof.returncode == 0, proof.stdout + proof.stderr


async def _draft(olivia: Person, adam: Person, product: Product) -> None:
    """Live in two people's tabs, stopped once, through a reload, and the same text for everybody in the end."""
    await steps.order_draft(olivia)
    await steps.see_it_written(olivia, adam)
    await olivia.press("Stop")
    await expect(olivia.pill("Stopped")).to_be_visible()
    await expect(steps.live(adam)).to_have_count(0)
    await expect(steps.blocks(adam).nth(1)).to_be_visible()

    await olivia.press("More")
    await olivia.page.get_by_role("menuitem", name="Draft with AI again").click()
    await steps.order_draft(olivia)
    await steps.see_it_written(olivia, adam)
    await olivia.page.reload()
    await steps.see_it_written(olivia, blocks_at_least=3)
    await steps.see_it_finished(olivia, adam)
    text = await steps.shown_text(olivia)
    assert text == await steps.shown_text(adam)
    assert len(text) > 2_000
    await olivia.page.reload()
    await expect(steps.blocks(olivia).nth(10)).to_be_visible()
    assert text == await steps.shown_text(olivia)

    await olivia.sees("Placeholder text")
    await olivia.press("Confirm the text")
    await expect(olivia.button("Confirm the text")).to_have_count(0)


async def _review(olivia: Person, adam: Person) -> None:
    """Changes requested, edited, approved; edited once more, so approved once more."""
    scope = await steps.blocks(olivia).get_by_role("heading").nth(1).inner_text()
    await steps.edit(olivia, scope, "Copywriting is part of it.")
    await steps.submit(olivia)
    await adam.open_mail("asks you to approve", "/documents/")
    await steps.request_changes(adam, "Say who approves the copy.")
    await expect(olivia.pill("Changes requested").first).to_be_visible()
    await olivia.sees("Say who approves the copy.")
    # Adam has joined, and asked for changes: she hears of it wherever she is.
    await expect(olivia.page.get_by_role("link", name=re.compile("^Notifications ?2 new$"))).to_be_visible()

    await steps.edit(olivia, scope, "The client approves the copy.")
    await steps.submit(olivia)
    await steps.approve(adam)
    await expect(olivia.button("Send to client")).to_be_visible()

    await steps.edit(olivia, scope, "Within two days.")
    await expect(olivia.pill("Out of date").first).to_be_visible()
    await expect(olivia.button("Send to client")).to_have_count(0)
    await steps.submit(olivia)
    await steps.approve(adam)


async def _receive_the_sealed_pdf(olivia: Person, clara: Person, document: str) -> None:
    mailed = [
        await steps.sealed_pdf_of(await reader.product.mail(reader.email, "signed by everybody"), reader)
        for reader in (olivia, clara)
    ]
    assert mailed[0] == mailed[1]
    # Her page has heard of the seal, and was not loaded again.
    link = clara.page.get_by_role("link", name="Download the signed PDF")
    assert await steps.download(clara, link) == mailed[0]
    await olivia.goto(document)
    await olivia.press("More")
    item = olivia.page.get_by_role("menuitem", name="Download PDF")
    assert await steps.download(olivia, item) == mailed[0]


async def _pay_the_deposit(clara: Person, adam: Person) -> None:
    """By bank transfer: the client says so, a member has seen the money."""
    await clara.open_mail("Invoice", "/portal/pay/")
    await keyboard.report_a_transfer(clara)
    await adam.open_mail("sent a transfer", "/invoices/")
    await adam.press("Record payment")
    await adam.page.get_by_role("dialog").get_by_role("button", name="Record payment").click()
    await expect(adam.pill("Paid")).to_be_visible()
    await clara.product.mail(clara.email, "received your payment")


async def _pay_the_rest(clara: Person, olivia: Person) -> None:
    """By card: a member sends the second invoice, the client pays at Paddle, a signed webhook says so."""
    await olivia.goto("/invoices?status=scheduled")
    await olivia.page.get_by_role("table", name="Invoices").get_by_role("link").first.click()
    await olivia.press("Issue now")
    await expect(olivia.pill("Open")).to_be_visible()
    await clara.open_mail("Invoice", "/portal/pay/", after=1)
    await keyboard.press(clara, "Pay now")
    await clara.page.get_by_role("button", name=re.compile(r"^Pay .*6,000")).click()
    await clara.page.get_by_role("link", name="Back to ContractFlow").click()
    await clara.sees("Paid. Thank you")
    await clara.product.mail(clara.email, "received your payment", after=1)
