"""A morning at the agency: an approval in one click, a document found by what it says, and what was signed."""

import pytest
from playwright.async_api import expect

from contractflow.permissions import Role
from contractflow.services import documents
from tests.e2e import head_start
from tests.e2e.head_start import demo_member
from tests.e2e.people import DEMO_PASSWORD
from tests.integration.journey import as_

pytestmark = pytest.mark.xdist_group("product")


async def test_what_waits_is_done_where_it_waits_and_what_was_written_is_found(meet, product) -> None:
    adam, clara = await meet("Adam Brandt", "adam@northlight.test"), await meet("Clara Client")
    document = head_start.written(product, clara, "Harbour film", "We film the old lighthouse at dawn.")
    await adam.sign_in(DEMO_PASSWORD)
    await expect(adam.button("Approve: Harbour film")).to_have_count(0)
    with product.inside():
        as_(demo_member(product, Role.MEMBER), documents.submit, document)
    await adam.press("Approve: Harbour film")  # without a reload: the organisation's changes are followed
    await adam.sees_toast("Approved.")
    await expect(adam.button("Approve: Harbour film")).to_have_count(0)

    await adam.goto("/search?q=lighth")
    await expect(adam.page.locator("mark", has_text="lighthouse")).to_be_visible()
    await adam.follow("Harbour film")
    await adam.page.wait_for_url(f"**/documents/{document}*")

    await adam.goto("/analytics")
    await adam.sees("Half are signed within", "Value signed", "Not due yet")
    await expect(adam.page.get_by_role("figure", name="Value signed per month, EUR")).to_be_visible()
