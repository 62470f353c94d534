"""An agency buys a plan: trial, checkout, a larger one with what it costs, a failed payment, and paid again."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e import looks

pytestmark = pytest.mark.xdist_group("product")

WEBHOOK_MS = 60_000


async def test_from_the_trial_to_a_paid_plan_and_back_from_a_failed_payment(meet) -> None:
    greta = await meet("Greta Growth", "greta@greenlane.test")
    await greta.sign_up("Greenlane")
    await greta.goto("/settings/plan")
    await expect(greta.pill("Trial")).to_be_visible()
    await greta.press("Choose Growth")
    await _pay(greta)
    await greta.page.wait_for_url("**/settings/plan*")
    await expect(greta.pill("Active")).to_be_visible(timeout=WEBHOOK_MS)
    await greta.sees(re.compile("€99.00 on "), re.compile("^SANDBOX-"))

    await greta.press("Upgrade to Scale")
    await greta.sees(re.compile("€200.00 is charged now"), re.compile("Then €299.00 a month"))
    await looks.at_dialog(greta.page, "plan_cards.change_dialog")
    await greta.press("Change to Scale")
    await greta.sees_toast("This is the Scale plan now.")
    await expect(greta.fact("Price")).to_have_text("€299 a month")

    await greta.press("Cancel the plan")
    await looks.at_dialog(greta.page, "plan._at_paddle")
    await greta.page.keyboard.press("Escape")
    await greta.follow("Cards and addresses at Paddle")
    await greta.press("Let the card be declined")
    await greta.press("End the period")
    await greta.follow("Back to ContractFlow")
    failed = greta.words("The last payment for the plan failed")
    await expect(failed).to_be_visible(timeout=WEBHOOK_MS)
    await greta.goto("/home")
    await expect(failed).to_be_visible()
    await greta.follow("See the plan")
    await greta.follow("Give another card")
    await _pay(greta)
    await expect(greta.pill("Active")).to_be_visible(timeout=WEBHOOK_MS)
    await expect(failed).to_have_count(0)


async def _pay(person) -> None:
    await person.page.wait_for_url("**/checkout?_ptxn=*")
    await person.page.get_by_role("button", name=re.compile("^Pay")).click()
    await person.page.get_by_role("link", name=re.compile("Back")).click()
