"""What helps whoever writes: a clause written anew before two pairs of eyes, and a clause that was missing."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.people import DEMO_PASSWORD, Person

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(180)]

DOCUMENT = "Brand refresh 2027"


async def at_the_document(meet, name: str) -> Person:
    person = await meet(name, f"{name.lower()}@northlight.test")
    await person.sign_in(DEMO_PASSWORD)
    await person.goto("/documents")
    await person.follow(DOCUMENT)
    await expect(person.page.locator(".cf-clause-block").first).to_be_visible()
    return person


def clause(person: Person, title: str) -> Locator:
    return person.page.locator(".cf-clause-block").filter(has=person.page.get_by_role("heading", name=title))


async def test_a_clause_is_rewritten_before_two_pairs_of_eyes_and_one_accepts(meet) -> None:
    mia, adam = await at_the_document(meet, "Mia"), await at_the_document(meet, "Adam")
    scope = clause(mia, "Scope of work")
    await scope.hover()
    await scope.get_by_role("button", name="Rewrite").click()
    await mia.fill({"In your own words": "Name the file formats"})
    await scope.get_by_role("button", name="Rewrite").last.click()
    for person in (mia, adam):
        shown = clause(person, "Scope of work").get_by_role("region", name="Rewrite of")
        await expect(shown.locator("ins")).to_contain_text("Name the file formats")
        await expect(shown.get_by_text("for Mia Sato")).to_be_visible()
    await expect(clause(adam, "Scope of work").locator(".cf-block")).not_to_contain_text("file formats")
    await adam.press("Accept")
    for person in (mia, adam):
        await expect(clause(person, "Scope of work").locator(".cf-block")).to_contain_text(
            "Name the file formats"
        )
        await expect(person.button("Accept")).to_have_count(0)


async def test_a_missing_clause_is_added_where_it_belongs(meet) -> None:
    mia = await at_the_document(meet, "Mia")
    headings = mia.page.locator(".cf-outline a")
    count = await headings.count()
    expenses = clause(mia, "Expenses")
    await expenses.hover()
    await expenses.get_by_role("button", name="Remove").click()
    await mia.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(headings).to_have_count(count - 1)
    await mia.press("Suggest missing clauses")
    await expect(mia.page.get_by_role("dialog")).to_contain_text("After “6. Fees and payment”")
    await mia.press("Add Expenses")
    await expect(headings.nth(6)).to_have_text("7. Expenses")
    await expect(headings).to_have_count(count)
