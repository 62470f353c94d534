"""People in a hurry, and people who should not be here: whatever they press, nothing happens twice, gets lost, or leaks."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e import head_start, steps
from tests.e2e.line import Line
from tests.e2e.people import DEMO_PASSWORD, PASSWORD, PHONE, Person
from tests.e2e.product import Product

pytestmark = pytest.mark.xdist_group("product")


async def mia_of_the_demo(meet) -> Person:
    mia = await meet("Mia Sato", "mia@northlight.test")
    await mia.sign_in(DEMO_PASSWORD)
    return mia


def in_dialog(person: Person, name: str) -> Locator:
    return person.page.get_by_role("dialog").get_by_role("button", name=name, exact=True)


async def test_what_is_pressed_twice_happens_once(meet, product: Product) -> None:
    olivia, clara = await meet("Olivia Owner"), await meet("Clara Client")
    await olivia.goto("/signup")
    await olivia.fill(
        {"Your name": olivia.name, "Work email": olivia.email, "Password": PASSWORD, "Agency name": "Twice"}
    )
    await olivia.button("Create account").dblclick()
    await olivia.page.wait_for_url("**/home")
    await olivia.confirm_address()
    await _add_client_twice(olivia, clara)
    document = await _new_document_twice(olivia)

    def count(query: str) -> int:
        return int(product.rows(f"SELECT count(*) FROM {query}", document)[0][0])

    await olivia.button("Draft with AI").dblclick()
    await steps.see_it_written(olivia)
    await steps.see_it_finished(olivia)
    assert count("draft_job WHERE document_id = %s") == 1
    await olivia.button("Confirm the text").dblclick()
    await expect(olivia.button("Confirm the text")).to_have_count(0)
    await olivia.button("Send to client").dblclick()
    await in_dialog(olivia, "Send to client").dblclick()
    await expect(olivia.pill("Sent")).to_be_visible()

    await clara.open_mail("to sign", "/portal/open/")
    await clara.button("I agree").dblclick()
    await clara.button("Send me a code").dblclick()
    await steps.enter_code(clara, "dblclick")
    await clara.field("Type your name as your signature").fill(clara.name)
    await clara.page.get_by_role("checkbox").check()
    await clara.button("Sign document").dblclick()
    await clara.sees("Signed. One step is left: the payment")
    await clara.open_mail("Invoice", "/portal/pay/")
    await clara.sees("Ask Olivia Owner")  # there are no bank details yet

    assert count("signature WHERE document_id = %s") == 1
    assert count("invoice WHERE document_id = %s") == 2
    assert len(await product.mails(clara.email, "sent you")) == 1
    assert len(await product.mails(clara.email, "Your code")) == 1
    assert len(await product.mails(clara.email, "Invoice")) == 1


async def _add_client_twice(member: Person, contact: Person) -> None:
    await member.goto("/clients")
    await member.page.get_by_role("banner").get_by_role("button", name="Add client").click()
    await member.fill({"Client": "Once", "Contact name": contact.name, "Contact email": contact.email})
    await in_dialog(member, "Add client").dblclick()
    await member.page.wait_for_url("**/clients/*")
    await member.goto("/clients")
    await expect(member.page.get_by_role("table", name="Clients").get_by_role("link")).to_have_count(1)


async def _new_document_twice(member: Person) -> str:
    """Returns its id."""
    await steps.fill_in_new_document(member, "Once", client="Once")
    await member.button("Create document").dblclick()
    await member.page.wait_for_url("**/documents/*-*")
    address = member.page.url
    await member.goto("/documents")
    await expect(member.page.get_by_role("table", name="Documents").get_by_role("link")).to_have_count(1)
    await member.goto(address)
    return address.rpartition("/")[2]


async def test_each_press_adds_a_row(meet) -> None:
    olivia = await meet("Olivia Hart", "olivia@northlight.test")
    await olivia.sign_in(DEMO_PASSWORD)
    await olivia.goto("/settings/approvals/new")
    await olivia.fill({"Name": "Large contracts"})
    for _ in range(3):
        await olivia.button("Add rule").click()
    await expect(olivia.page.get_by_role("group", name="Rules").get_by_label("Amount")).to_have_count(3)
    await expect(olivia.field("Name")).to_have_value("Large contracts")


async def test_two_people_at_one_clause_lose_nothing(meet, product: Product) -> None:
    """Who comes second is told, keeps the typed text, and decides; the first one's stays as a version."""
    document = head_start.written(product, await meet("Clara Client"))
    mia, adam = await mia_of_the_demo(meet), await meet("Adam Brandt", "adam@northlight.test")
    await adam.sign_in(DEMO_PASSWORD)
    clauses = {mia: "Mia was here. ", adam: "Adam was here. "}
    areas = {}
    for person in clauses:
        await person.goto(f"/documents/{document}")
        areas[person] = await steps.open_clause(person)
    await asyncio.gather(*(areas[person].press_sequentially(words) for person, words in clauses.items()))

    told = mia.words("Somebody else changed this block meanwhile.").or_(mia.words("Saved"))
    await expect(told.first).to_be_visible()
    second = mia if await mia.button("Keep mine").count() else adam
    first = adam if second is mia else mia
    await second.sees("Somebody else changed this block meanwhile.")
    assert clauses[second] in await areas[second].input_value()
    await second.press("Keep mine")
    await expect(steps.saved(second)).to_be_visible()

    newest_first = [
        content
        for (content,) in product.rows(
            "SELECT content FROM document_version WHERE document_id = %s ORDER BY number DESC", document
        )
    ]
    assert clauses[second].strip() in newest_first[0]
    assert clauses[first].strip() in newest_first[1]


async def test_a_reload_in_the_middle_of_a_word_keeps_it(meet, product: Product) -> None:
    document = head_start.written(product, await meet("Clara Client"))
    mia = await mia_of_the_demo(meet)
    mia.page.on("dialog", lambda asks: asks.accept())  # “Leave site?”
    await mia.goto(f"/documents/{document}")
    await (await steps.open_clause(mia)).press_sequentially("Half a sen")
    await mia.page.reload()
    area = mia.page.locator(".cf-block--editing textarea")
    await expect(area).to_have_value(re.compile(r"Half a sen$"))
    await area.press_sequentially("tence ")
    await expect(steps.saved(mia)).to_be_visible()
    await mia.page.reload()
    await expect(steps.blocks(mia).filter(has_text="Half a sentence")).to_be_visible()
    await expect(area).to_have_count(0)


async def test_on_a_line_that_stands_still_a_press_shows_and_counts_once(meet, product: Product) -> None:
    """As on a phone with one bar: what is pressed says so at once, and however long it takes, it goes out once."""
    clara = await meet("Clara Client", **PHONE)
    document = head_start.sent(product, clara)
    line = await Line.of(clara.page)
    await clara.page.clock.install()
    await clara.open_mail("to sign", "/portal/open/")
    agree = clara.button("I agree")
    await expect(agree).to_be_visible()
    line.hold()
    await agree.click()
    await expect(agree).to_have_attribute("aria-busy", "true")
    for _ in range(3):
        await clara.page.clock.fast_forward(3_000)
        await agree.click()
    line.let_go()
    await expect(clara.button("Send me a code")).to_be_visible()
    assert line.said("agree") == 1
    consents = "SELECT count(*) FROM audit_event WHERE action = 'signer:consent' AND document_id = %s"
    assert product.rows(consents, document) == [(1,)]


async def test_a_tab_that_lags_behind_does_nothing_twice(meet, product: Product) -> None:
    """What is pressed there was done in the other tab meanwhile: it catches up, and the verb is done once."""
    document = head_start.written(product, await meet("Clara Client"))
    mia = await mia_of_the_demo(meet)
    line = await Line.of(mia.page)
    await mia.goto(f"/documents/{document}")
    await expect(mia.button("Submit for review")).to_be_visible()
    line.hold()
    await steps.submit(await mia.another_tab(f"/documents/{document}"))
    await mia.press("Submit for review")
    line.let_go()
    await expect(mia.pill("In review")).to_be_visible()
    await expect(mia.button("Submit for review")).to_have_count(0)
    submits = "SELECT count(*) FROM audit_event WHERE action = 'document:submit' AND document_id = %s"
    assert product.rows(submits, document) == [(1,)]


async def test_a_line_that_breaks_says_so_and_what_is_typed_meanwhile_is_saved(
    meet, product: Product
) -> None:
    document = head_start.written(product, await meet("Clara Client"))
    mia = await mia_of_the_demo(meet)
    line = await Line.of(mia.page)
    await mia.goto(f"/documents/{document}")
    area = await steps.open_clause(mia)
    await line.cut()
    bar = mia.words("Reconnecting. What you typed stays.")
    await expect(bar).to_be_visible()
    await area.press_sequentially("Typed in a tunnel. ")
    await mia.sees("Offline. Kept here, saved when you are back")
    assert "Typed in a tunnel." not in product.text_of(document)
    await line.mend()
    await expect(bar).to_have_count(0)
    await expect(steps.saved(mia)).to_be_visible()
    assert "Typed in a tunnel." in product.text_of(document)
    await mia.page.reload()
    await expect(steps.blocks(mia).filter(has_text="Typed in a tunnel.")).to_be_visible()
    mia.forgive("ERR_INTERNET_DISCONNECTED")


async def test_back_goes_back(meet) -> None:
    mia = await mia_of_the_demo(meet)
    await mia.follow("Documents")
    await mia.page.get_by_role("table", name="Documents").get_by_role("link").first.click()
    await mia.page.wait_for_url("**/documents/*-*")
    title = await mia.page.get_by_role("heading", level=2).first.inner_text()
    await mia.page.go_back()
    await expect(mia.page.get_by_role("table", name="Documents")).to_be_visible()
    await mia.page.go_forward()
    await expect(mia.page.get_by_role("heading", level=2, name=title)).to_be_visible()


async def test_another_agency_gets_nothing(meet, product: Product) -> None:
    clara, rita = await meet("Clara Client"), await meet("Rita Rival")
    document = head_start.sent(product, clara)
    await rita.sign_up("Redshift")
    ours = "org_id = (SELECT org_id FROM document WHERE id = %s)"
    [(invoice,)] = product.rows(f"SELECT id FROM invoice WHERE {ours} LIMIT 1", document)
    [(client,)] = product.rows(f"SELECT id FROM client WHERE {ours} LIMIT 1", document)
    for noun, key in (("document", document), ("invoice", invoice), ("client", client)):
        await rita.goto(f"/{noun}s/{key}")
        await rita.sees(f"That {noun} does not exist, or it is not yours.")
    for page in ("/documents", "/invoices", "/clients"):
        await rita.goto(page)
        await expect(rita.page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(rita.page.get_by_role("table")).to_have_count(0)
    assert (await rita.context.request.get(f"/api/documents/{document}/pdf")).status == 404

    # A client's own session opens one document and no other.
    other = head_start.sent(product, await meet("Carl Other"), "Somebody else's")
    await clara.open_mail("to sign", "/portal/open/")
    await expect(clara.button("I agree")).to_be_visible()
    for closed in (f"/portal/documents/{other}", f"/portal/invoices/{invoice}"):
        await clara.goto(closed)
        await clara.sees("Open the link in your mail again")
    assert (await clara.context.request.get(f"/api/documents/{other}/pdf")).status == 404
    await rita.goto(f"/portal/documents/{document}")
    await rita.page.wait_for_url("**/portal/closed")


async def test_what_cannot_be_used_says_why_beside_its_field(meet, product: Product) -> None:
    mia = await mia_of_the_demo(meet)
    await mia.goto("/documents/new")
    await mia.press("Create document")
    await _refused(mia, "Client")
    await mia.fill({"Title": "x" * 100_000, "Scope": "<script>alert(1)</script>", "Total": "a lot"})
    await mia.page.get_by_label("Client").select_option(index=1)
    await mia.press("Create document")
    await _refused(mia, "Title")
    await expect(mia.field("Scope")).to_have_value("<script>alert(1)</script>")
    await mia.fill({"Title": "Too much"})
    await mia.press("Create document")
    await _refused(mia, "Total")
    await mia.fill({"Total": "1,000.00"})
    await mia.field("Total").blur()
    await mia.page.get_by_role("textbox", name="Amount").first.fill("999.00")
    await mia.page.get_by_role("textbox", name="Amount").first.blur()
    await mia.press("Create document")
    too_much = mia.page.locator("[role=alert]", has_text="1,000.00")
    await expect(too_much).to_be_visible()
    await mia.page.get_by_role("textbox", name="Amount").first.fill("400.00")
    await mia.page.get_by_role("textbox", name="Amount").first.blur()
    await mia.sees("Adds up to")
    await expect(too_much).to_have_count(0)
    await mia.page.get_by_role("textbox", name="Amount").first.fill("999.00")
    await mia.press("Create document")
    await expect(too_much).to_be_visible()
    await expect(mia.field("Title")).to_have_value("Too much")
    assert product.rows("SELECT count(*) FROM document WHERE title = 'Too much'") == [(0,)]

    await mia.goto("/clients")
    await mia.press("Add client")
    await mia.fill({"Client": "   ", "Contact name": "Nobody", "Contact email": "nobody@nowhere.test"})
    await in_dialog(mia, "Add client").click()
    await _refused(mia, "Client")
    await expect(mia.field("Contact email")).to_have_value("nobody@nowhere.test")
    await mia.fill({"Client": " "})
    await expect(mia.field("Client")).to_have_attribute("aria-invalid", "false")
    await expect(mia.page.get_by_role("dialog").get_by_role("alert")).to_have_count(0)
    await mia.rest(in_dialog(mia, "Add client"))
    await in_dialog(mia, "Add client").click()
    await _refused(mia, "Client")


async def test_a_client_who_errs_is_told_and_loses_nothing(meet, product: Product) -> None:
    clara = await meet("Clara Client")
    document = head_start.sent(product, clara)
    await clara.open_mail("to sign", "/portal/open/")
    await clara.press("Decline")
    await in_dialog(clara, "Decline").click()
    await _refused(clara, "Why")
    await clara.press("Cancel")
    await clara.press("I agree")
    await clara.press("Send me a code")
    await clara.fill({"Code": "12"})
    await clara.press("Continue")
    await _refused(clara, "Code")
    await expect(clara.field("Code")).to_have_value("12")
    await clara.page.reload()
    await steps.enter_code(clara)
    await clara.press("Sign document")
    await _refused(clara, "Type your name as your signature")
    await clara.page.get_by_role("radio", name="Draw").click()
    await clara.press("Sign document")
    await expect(clara.page.get_by_role("alert")).to_have_text("Draw your signature.")
    await clara.page.get_by_role("radio", name="Type").click()
    await clara.field("Type your name as your signature").fill(clara.name)
    await clara.press("Sign document")
    await expect(clara.page.get_by_role("alert")).to_have_text("Tick the sentence that says that you sign.")
    await expect(clara.field("Type your name as your signature")).to_have_value(clara.name)
    assert product.rows("SELECT count(*) FROM signature WHERE document_id = %s", document) == [(0,)]
    await clara.page.get_by_role("checkbox").check()
    await clara.press("Sign document")
    await clara.sees("Signed. One step is left: the payment")


async def _refused(person: Person, label: str) -> None:
    """The sentence stands beside the field and is read out with it."""
    await expect(person.field(label)).to_have_attribute("aria-invalid", "true")
    described = await person.field(label).get_attribute("aria-describedby")
    assert described
    await expect(person.page.locator(f"#{described.split()[0]}")).to_have_text(re.compile(r"\w+ .*\w"))
