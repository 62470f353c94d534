"""Settings › Organisation: a picture that is sent takes nothing along that was typed beside it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.people import DEMO_PASSWORD
from tests.pictures import png

pytestmark = pytest.mark.xdist_group("product")


async def test_a_logo_waits_until_what_is_typed_is_saved(meet) -> None:
    olivia = await meet("Olivia Hart", "olivia@northlight.test")
    await olivia.sign_in(DEMO_PASSWORD)
    await olivia.goto("/settings/organisation")
    await olivia.fill({"Tax number": "DE 123 456 789"})
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": png(96, 96)}
    await olivia.page.locator("input[name=logo]").set_input_files(logo)  # type: ignore[arg-type]
    await olivia.press("Save logo")
    await olivia.sees("Save what you typed above first")
    await expect(olivia.field("Tax number")).to_have_value("DE 123 456 789")
    await olivia.press("Save")
    await olivia.sees_toast("Saved. New documents and invoices show it.")
    await olivia.press("Save logo")
    await olivia.sees("Your logo is saved.")
    await expect(olivia.field("Tax number")).to_have_value("DE 123 456 789")
    await olivia.press("Remove logo")
    await olivia.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(olivia.button("Remove logo")).to_have_count(0)
