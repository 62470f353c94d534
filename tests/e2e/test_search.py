"""⌘K: a few letters, Enter, and one is there."""

import pytest
from playwright.async_api import expect

from tests.e2e.people import DEMO_PASSWORD

pytestmark = pytest.mark.xdist_group("product")


async def test_a_document_is_two_words_and_enter_away(meet) -> None:
    mia = await meet("Mia Sato", "mia@northlight.test")
    await mia.sign_in(DEMO_PASSWORD)
    button = mia.page.get_by_role("button", name="Search")
    await expect(button).to_be_visible()
    field = mia.page.get_by_role("combobox", name="Search documents, invoices")
    await mia.page.keyboard.press("Control+k")
    await expect(field).to_be_focused()
    await field.fill("brand refresh")
    await expect(mia.page.get_by_role("option", name="Brand refresh 2027")).to_have_attribute(
        "aria-selected", "true"
    )
    await mia.page.keyboard.press("Enter")
    await mia.page.wait_for_url("**/documents/*")
    await expect(field).to_have_count(0)
    await button.click()
    await field.fill("zebra xylophone")
    await mia.sees("Nothing is called “zebra xylophone”.")
    await mia.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
