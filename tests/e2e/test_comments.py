"""A question beside a clause: among colleagues, then with the client, until it is settled."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e import head_start, looks
from tests.e2e.people import DEMO_PASSWORD, PHONE, Person

pytestmark = pytest.mark.xdist_group("product")


def clause(person: Person, heading: str = "Fees") -> Locator:
    return person.page.locator(
        ".cf-clause-block", has=person.page.get_by_role("heading", name=re.compile(heading))
    )


async def test_a_colleague_is_named_and_the_client_answers(meet, product) -> None:
    mia, adam = (
        await meet("Mia Sato", "mia@northlight.test"),
        await meet("Adam Brandt", "adam@northlight.test"),
    )
    clara = await meet("Clara Client", **PHONE)
    document = head_start.sent(product, clara)
    for member in (mia, adam):
        await member.sign_in(DEMO_PASSWORD)

    await mia.goto(f"/documents/{document}")
    place = clause(mia)
    await place.hover()
    await place.get_by_role("button", name=re.compile("^Comment on")).click()
    field = place.get_by_role("textbox")
    await expect(field).to_be_focused()
    await field.press_sequentially("@ad")
    await expect(place.get_by_role("option", name="Adam Brandt")).to_have_attribute("aria-selected", "true")
    await mia.page.keyboard.press("Enter")
    await expect(field).to_have_value("@Adam Brandt ")
    await field.press_sequentially("shall we offer three parts?")
    await mia.page.keyboard.press("Control+Enter")
    await expect(place.get_by_role("article")).to_contain_text("@Adam Brandt shall we offer three parts?")
    await expect(field).to_have_value("")

    news = adam.page.locator('a[href="/notifications"]').filter(visible=True).first
    await expect(news).to_contain_text(re.compile(r"\d"))  # live: he stands on Home
    await news.click()
    await adam.page.get_by_role("link", name="Mia Sato mentioned you").first.click()
    await adam.page.wait_for_url(f"**/documents/{document}*")

    await clara.open_mail("to sign", "/portal/open/")
    await clara.button("Ask about the document").tap()
    await clara.page.get_by_role("textbox", name="Ask about the document").fill(
        "Can we <b>pay</b> in three parts?"
    )
    await clara.button("Send").tap()
    question = clara.page.get_by_role("article", name="Comments")
    await expect(question).to_contain_text("You · just now")
    await expect(clara.words("shall we offer three parts?")).to_have_count(0)
    assert await looks.unfit(clara.page, for_fingers=True) + await looks.unusable(clara.page) == []

    asked = adam.page.get_by_role("article", name="Comment: Can we")
    await expect(asked).to_contain_text("Clara Client · client")  # live, in a tab that was open before
    await asked.get_by_role("button", name="Reply").click()
    await asked.get_by_role("textbox", name="Reply").fill("Yes, gladly.")
    await asked.get_by_role("button", name="Reply").last.click()
    await expect(question).to_contain_text("Yes, gladly.")
    await asked.get_by_role("button", name="Resolve").click()
    await expect(question).to_contain_text("Settled")
    assert await looks.unusable(adam.page) == []
