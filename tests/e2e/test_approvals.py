"""A policy of two steps with a rule on value: a document over it needs both, one of them answered by somebody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.async_api import Locator, expect

from contractflow.content.typed_plan import TypedRow
from contractflow.permissions import Member, Role
from contractflow.services import clients, documents
from tests.e2e import looks, steps
from tests.e2e.head_start import TEXT
from tests.e2e.people import Person
from tests.e2e.product import Product
from tests.integration.journey import as_, new_client, new_document

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(240)]
AGENCY = "Two Step Studio"


async def test_a_large_document_needs_both_steps_and_one_changes_hands(meet, product: Product) -> None:
    olivia, adam = await meet("Olivia Owner"), await meet("Adam Admin")
    await olivia.sign_up(AGENCY)
    await steps.invite(olivia, adam)
    mia = await meet("Mia Member")
    await steps.invite(olivia, mia, "Member")

    await make_policy(adam)
    document = written_by(product, mia)
    await adam.goto("/settings/approvals")
    await adam.page.get_by_label("Which policy would this document get?").select_option(value=str(document))
    chosen = adam.page.get_by_role("status").filter(has_text="“Large contracts”")
    await expect(chosen.first).to_be_visible()

    await mia.goto(f"/documents/{document}")
    await mia.sees("“Large contracts” asks Adam Admin; then the owner.")
    await steps.submit(mia)
    await mia.sees("Step 1 of 2, Account: waiting for Adam Admin.")
    await adam.open_mail("asks you to approve", "/documents/")
    await adam.press("Approve")
    await mia.sees("Step 2 of 2, Sign-off: waiting for Olivia Owner.")

    await adam.button("Ask somebody else than Olivia Owner").click()
    await expect(adam.page.get_by_role("dialog")).to_contain_text("They get a mail")
    await adam.press("Ask")
    await adam.sees("Choose who approves.")
    await adam.choose("Who approves", "Adam Admin (Admin)")
    await adam.press("Ask")
    await adam.sees_toast("Asked.")
    await mia.sees("Step 2 of 2, Sign-off: waiting for Adam Admin.")
    await expect(review(mia)).to_contain_text("instead of Olivia Owner")
    await adam.press("Approve")
    await mia.sees("Approved. Send it to the client.")
    await expect(review(mia).locator(".cf-pill", has_text="Approved")).to_have_count(4)


def review(reader: Person) -> Locator:
    return reader.page.locator("section").filter(
        has=reader.page.get_by_role("heading", name="Review", exact=True)
    )


async def make_policy(admin: Person) -> None:
    """Over five thousand euros: first Adam, then the owner. A step without anybody is refused beside it, nothing is lost."""
    await admin.goto("/settings/approvals")
    await admin.follow("Add policy")
    await admin.fill({"Name": "Large contracts"})
    await admin.press("Add rule")
    await admin.page.get_by_label("Currency").select_option("EUR")
    await admin.page.get_by_label("Amount").fill("5,000.00")
    await admin.page.get_by_label("Name of the step").fill("Account")
    for label in ("The owner", "Every admin", "Adam Admin"):
        await box(admin, label, 0).click()
    await admin.press("Add step")
    await admin.page.get_by_label("Name of the step").nth(1).fill("Sign-off")
    await admin.press("Save")
    await admin.sees("Choose at least one person or role who approves.")
    for width in (390, 1440):
        await admin.page.set_viewport_size({"width": width, "height": 900})
        assert await looks.unfit(admin.page) == []
    await box(admin, "The owner", 1).click()
    await admin.press("Save")
    await admin.page.wait_for_url("**/settings/approvals")
    await admin.sees("Total is at least €5,000.00", "Account: Adam Admin", "Sign-off: The owner")


def box(admin: Person, label: str, step: int) -> Locator:
    return admin.page.locator(".cf-whom").nth(step).get_by_label(label, exact=True)


def written_by(product: Product, author: Person) -> UUID:
    """A document of 12,000 euros with a text."""
    found = product.rows(
        "SELECT m.user_id, m.org_id, m.id FROM membership m JOIN app_user u ON u.id = m.user_id WHERE u.email = %s",
        author.email,
    )
    member = Member(*found[0], Role.MEMBER, author.name, "127.0.0.1", "pytest")
    with product.inside():
        client = as_(member, clients.add, new_client())
        wished = new_document(client, total="12,000.00", plan=(TypedRow("all", "All of it", "12,000.00"),))
        document: UUID = as_(member, documents.create, wished, idempotency_key="two-steps")
        as_(member, documents.add_block, document, "", TEXT)
    return document
