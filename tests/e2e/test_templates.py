"""From a template to a document: an admin writes and publishes one, a member begins with it and puts a clause in."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e import steps
from tests.e2e.people import DEMO_PASSWORD

DOCUMENT = re.compile(r"/documents/[0-9a-f-]{36}$")
pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(180)]


async def test_a_template_is_published_and_a_document_begins_with_it(meet) -> None:
    adam = await meet("Adam", "adam@northlight.test")
    await adam.sign_in(DEMO_PASSWORD)
    await adam.goto("/templates")
    await expect(adam.page.get_by_role("table", name="Templates").locator("tbody tr")).to_have_count(8)
    await adam.press("New template")
    await adam.fill({"Name": "Workshop day", "What it is for": "A day together."})
    await adam.press("Begin template")
    await adam.page.wait_for_url("**/templates/*-*")
    await adam.press("Insert a clause")
    await adam.field("Search clauses").fill("poach")
    await expect(adam.page.get_by_role("list", name="Clauses").locator("> li")).to_have_count(1)
    await adam.page.get_by_role("button", name="Insert fallback No poaching").click()
    await adam.sees_toast("Put in.")
    await expect(adam.page.locator(".cf-outline a")).to_have_text(["Scope", "No poaching"])
    await adam.press("Publish")
    await adam.sees("“Scope” still says “What is agreed.” Write it, or remove it.")
    await adam.page.get_by_role("button", name="Edit Scope").click()
    area = adam.page.get_by_role("textbox", name="Edit Scope")
    await area.press_sequentially(" One day.")
    await expect(steps.saved(adam)).to_be_visible()
    await area.press("Escape")
    await adam.press("Publish")
    await expect(adam.pill("In use").first).to_be_visible()
    await adam.follow("Use template")
    await adam.choose("Client", "Helios Coffee Roasters")
    await adam.fill({"Title": "Positioning workshop", "Total": "1,000.00"})
    await adam.field("Total").blur()
    await adam.press("All on signature")
    await adam.press("Create document")
    await adam.page.wait_for_url(DOCUMENT)
    await expect(adam.page.locator(".cf-outline a")).to_have_text(["Scope", "No poaching"])
    await adam.sees("From the template “Workshop day”, version 1")
    await adam.press("Insert a clause")
    await adam.field("Search clauses").fill("insurance")
    await adam.page.get_by_role("button", name="Insert Insurance", exact=True).click()
    await expect(adam.page.locator(".cf-outline a")).to_have_count(3)
    await expect(adam.field("Insurance cover")).to_have_value("€1,000,000")


async def test_two_versions_are_compared_and_the_older_one_comes_back(meet) -> None:
    mia = await meet("Mia", "mia@northlight.test")
    await mia.sign_in(DEMO_PASSWORD)
    await mia.goto("/documents")
    await mia.follow("Positioning workshop")
    clauses = mia.page.locator(".cf-outline a")
    await expect(clauses.first).to_be_visible()
    count = await clauses.count()
    last = mia.page.locator(".cf-clause-block").last
    await last.hover()
    await last.get_by_role("button", name="Remove").click()
    await (
        mia.page.get_by_role("alertdialog")
        .or_(mia.page.get_by_role("dialog"))
        .get_by_role("button", name="Remove")
        .click()
    )
    await expect(clauses).to_have_count(count - 1)
    await mia.follow("Compare")
    await mia.sees("1 clause removed")
    await expect(mia.page.locator("[data-kind=removed]")).to_contain_text("Insurance")
    await mia.page.get_by_role("button", name="Restore version").click()
    await mia.press("Restore")
    await mia.page.wait_for_url(DOCUMENT)
    await expect(clauses).to_have_count(count)
