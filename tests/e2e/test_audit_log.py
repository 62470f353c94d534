"""Who sees the audit log and the table of roles in a browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.people import DEMO_PASSWORD

pytestmark = pytest.mark.xdist_group("product")


async def test_a_member_reads_that_it_is_not_theirs(meet) -> None:
    mia = await meet("Mia Sato", "mia@northlight.test")
    await mia.sign_in(DEMO_PASSWORD)
    await mia.goto("/settings/audit")
    await expect(mia.page.get_by_text("Only admins and above can read the audit log.").first).to_be_visible()
    await mia.goto("/settings/roles")
    await expect(mia.page.get_by_role("row", name="Send documents")).to_contain_text("Own")


async def test_a_document_is_looked_for_by_its_number(meet) -> None:
    olivia = await meet("Olivia Hart", "olivia@northlight.test")
    await olivia.sign_in(DEMO_PASSWORD)
    await olivia.goto("/settings/audit")
    await olivia.fill({"Document": "CF-2026-00001"})
    await olivia.page.keyboard.press("Enter")
    await olivia.page.wait_for_url("**/settings/audit?document=CF-2026-00001")
    await expect(olivia.page.get_by_role("link", name="Show all")).to_be_visible()
