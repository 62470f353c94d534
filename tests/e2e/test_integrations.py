"""An admin adds a program of theirs, sees a test event arrive, and sends again what it did not take."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e import looks
from tests.e2e.people import DEMO_PASSWORD
from tests.e2e.product import Product

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(180)]


async def test_a_program_hears_of_us_and_what_it_missed_is_sent_again(meet, product: Product) -> None:
    product.rows("UPDATE subscription SET tier = 'scale' RETURNING id")
    sandbox = product.up.sandbox_url
    adam = await meet("Adam", "adam@northlight.test")
    await adam.sign_in(DEMO_PASSWORD)
    await adam.goto("/settings/integrations")
    await adam.press("Add webhook")
    await looks.at_dialog(adam.page, "integrations.integrations")
    await adam.fill({"Name": "Our CRM", "Address": "https://127.0.0.1/hooks"})
    await adam.press("Add")
    await adam.sees("This address is not on the public internet.")
    await adam.fill({"Address": f"{sandbox}/hooks/crm"})
    await adam.press("Add")
    await expect(adam.page.locator(".cf-once code")).to_contain_text("whsec_")
    await adam.press("I have kept it")
    faults = {"hooks": [{"kind": "500", "name": "crm"}]}
    await asyncio.to_thread(httpx.post, f"{sandbox}/faults", json=faults)
    await adam.page.get_by_role("link", name="Our CRM").click()
    await adam.press("Send a test event")
    log = adam.page.get_by_role("table", name="Log")
    await expect(log.get_by_text("Failed")).to_be_visible()
    await log.locator("tbody tr").hover()
    await adam.press("Send again: Test event")
    await expect(log.get_by_text("Delivered")).to_be_visible()
    await adam.press("Test event")
    await adam.sees("Sandbox: Internal Server Error", "endpoint.test")
    await looks.at_dialog(adam.page, "integration_dialogs._message")
    await adam.page.keyboard.press("Escape")
    await adam.press("More")
    await adam.page.get_by_role("menuitem", name="New secret").click()
    await looks.at_dialog(adam.page, "integration_dialogs._ask")
    calls = (await asyncio.to_thread(httpx.get, f"{sandbox}/hooks.json?name=crm")).json()
    assert [call["answered"] for call in calls] == [200, 500]
    assert len({call["headers"]["webhook-id"] for call in calls}) == 1
    product.rows("UPDATE subscription SET tier = 'growth' RETURNING id")
