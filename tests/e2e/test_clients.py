"""A client from the first contact to a change order: people, import, merge, a project, and a milestone that is reached."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.async_api import Locator, expect

from tests.e2e import head_start, steps
from tests.e2e.people import DEMO_PASSWORD, Person
from tests.e2e.product import Product

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(180)]

HARBOUR, DOUBLE = "Harbour Films", "Harbour Films Ltd"


async def test_a_client_is_kept_and_their_project_grows_by_a_change_order(meet, product: Product) -> None:
    mia, clara = await meet("Mia", "mia@northlight.test"), await meet("Clara Client")
    await mia.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await mia.sign_in(DEMO_PASSWORD)
    await steps.add_client(mia, clara, HARBOUR)
    harbour = mia.page.url
    await add_contact(mia, "Otto Office", "otto@harbour.test")
    await correct_it(mia)
    await archive_and_restore(mia)
    await import_clients(mia, clara)
    await merge_the_double(mia, harbour)
    await open_project(mia)
    project = mia.page.url
    await reach_the_milestone(mia, clara, product, harbour, project)
    await order_a_change(mia, product, project)
    await cancel_the_project(mia)

    await mia.goto(harbour)
    await expect(line_of_time(mia)).to_contain_text("merged another client into this one")
    await expect(line_of_time(mia)).to_contain_text("opened a project")
    await expect(line_of_time(mia)).to_contain_text("Clara Client signed")
    await expect(line_of_time(mia)).to_contain_text("added a contact")


def table(reader: Person, name: str) -> Locator:
    return reader.page.get_by_role("table", name=name)


def line_of_time(reader: Person) -> Locator:
    return reader.page.locator(".cf-timeline")


async def more(member: Person, verb: str) -> None:
    await member.press("More")
    await member.page.get_by_role("menuitem", name=verb).click()


async def add_contact(member: Person, name: str, email: str) -> None:
    await member.press("Add contact")
    await member.fill({"Contact name": name, "Contact email": "otto at harbour"})
    add = member.page.get_by_role("dialog").get_by_role("button", name="Add contact")
    await add.click()
    await expect(member.page.locator(".cf-field__error")).to_be_visible()
    await member.fill({"Contact email": email})
    await member.rest(add)
    await add.click()
    await expect(table(member, "Contacts")).to_contain_text(email)
    await expect(table(member, "Contacts")).to_contain_text("Signs and pays")


async def correct_it(member: Person) -> None:
    await more(member, "Edit")
    await expect(member.field("Client")).to_have_value(HARBOUR)
    await member.fill({"Client": " ", "Address": "3 Quay Road, Cork"})
    save = member.page.get_by_role("dialog").get_by_role("button", name="Save")
    await save.click()
    await expect(member.page.locator(".cf-field__error")).to_have_text("Enter the client's name.")
    await member.fill({"Client": HARBOUR})
    await member.rest(save)
    await save.click()
    await member.sees_toast("Client changed.")
    await expect(member.fact("Address")).to_have_text("3 Quay Road, Cork")
    await expect(line_of_time(member)).to_contain_text("changed the client")


async def archive_and_restore(member: Person) -> None:
    await more(member, "Archive")
    await member.sees("This client is archived")
    await expect(member.page.get_by_role("link", name="New document")).to_have_count(0)
    await more(member, "Restore")
    await expect(member.words("This client is archived")).to_have_count(0)
    await expect(member.page.get_by_role("link", name="New document")).to_have_count(1)


async def import_clients(member: Person, known: Person) -> None:
    """One that is new, one that is there, one that cannot be used, and one that is Harbour Films by another name."""
    lines = (
        "Company;Contact;Email\nQuayside Books;Quentin Quay;quentin@quayside.test\n"
        f"{HARBOUR};{known.name};{known.email}\n{DOUBLE};Berta Bill;berta@harbour.test\nNobody;Nora None;nora at none\n"
    )
    await member.goto("/clients")
    await member.follow("Import")
    file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    await member.field("CSV file").set_input_files(file)  # type: ignore[arg-type]
    await member.sees("clients.csv is below.")
    await member.press("Preview")
    await member.sees("2 new, 1 already there, 1 that cannot be used.")
    bad = table(member, "Rows").get_by_role("row", name=re.compile("Nobody"))
    await expect(bad).to_contain_text("Not usable")
    await member.press("Add 2 clients")
    await member.sees("2 clients added")
    await member.press("Copy the bad rows")
    report = await member.page.evaluate("navigator.clipboard.readText()")
    assert report.startswith("line,client,contact,email,problem\n5,Nobody,Nora None,nora at none,")


async def merge_the_double(member: Person, kept: str) -> None:
    await member.goto("/clients")
    await member.follow(DOUBLE)
    await more(member, "Merge into another client")
    await member.page.get_by_role("dialog").get_by_label("Client").select_option(label=HARBOUR)
    await member.press("Merge")
    await member.page.wait_for_url(kept)
    await expect(member.fact("Merged into it")).to_contain_text(DOUBLE)
    await expect(table(member, "Contacts")).to_contain_text("berta@harbour.test")


async def open_project(member: Person) -> None:
    await member.follow("Open project")
    await member.fill({"Name": "Harbour season"})
    await member.page.get_by_role("dialog").get_by_role("button", name="Open project").click()
    await member.page.wait_for_url("**/projects/*-*")
    await expect(member.fact("Contract value")).to_have_text("€0.00")


async def reach_the_milestone(
    member: Person, contact: Person, product: Product, client: str, project: str
) -> None:
    ids = [address.rpartition("/")[2] for address in (client, project)]
    head_start.signed_for(product, *ids, "Harbour film")
    await member.goto(project)
    await expect(member.fact("Contract value")).to_have_text("€1,000.00")
    await expect(member.fact("Invoiced")).to_have_text("€400.00")
    await expect(table(member, "Documents")).to_contain_text("Harbour film")
    await member.press("Mark reached: Final payment")
    await member.page.get_by_role("dialog").get_by_role("button", name="Mark reached").click()
    await member.sees_toast("Reached.")
    await expect(member.fact("Invoiced")).to_have_text("€1,000.00")
    await expect(member.button("Mark reached: Final payment")).to_have_count(0)
    await contact.open_mail(": €600.00", "/portal/pay/")
    await contact.sees("€600.00")


async def order_a_change(member: Person, product: Product, project: str) -> None:
    await member.follow("New change order to Harbour film")
    await expect(member.field("Client").locator("option:checked")).to_have_text(HARBOUR)
    await member.choose("Kind", "Change order")
    await member.fill({"Title": "A second day on the water", "Scope": "One more day.", "Total": "500.00"})
    await member.field("Total").blur()
    await member.press("All on signature")
    await member.press("Create document")
    await member.page.wait_for_url(re.compile(r"/documents/[0-9a-f-]{36}$"))
    await member.sees("Change order to")
    document = UUID(member.page.url.rpartition("/")[2])
    head_start.write(product, document)
    head_start.send(product, document)
    head_start.sign(product, document)
    await member.follow("Harbour season")
    await member.page.wait_for_url(project)
    await expect(member.fact("Contract value")).to_have_text("€1,500.00")
    await expect(
        table(member, "Documents").get_by_role("row", name=re.compile("A second day"))
    ).to_contain_text("Change order")


async def cancel_the_project(member: Person) -> None:
    await more(member, "Cancel project")
    await member.page.get_by_role("dialog").get_by_role("button", name="Cancel project").click()
    await member.sees_toast("Project cancelled.")
    await expect(member.page.get_by_role("link", name="New document")).to_have_count(0)
