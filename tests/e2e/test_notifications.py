"""What concerns one: live in the open tab, and by mail until one has enough of that kind."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e import head_start, looks
from tests.e2e.people import DEMO_PASSWORD, PHONE, Person

pytestmark = pytest.mark.xdist_group("product")

TITLE = "Autumn campaign for the orchard"
KIND = "Somebody names me in a comment"


async def test_a_kind_of_mail_is_stopped_from_the_mail_itself_and_wanted_again(meet, product) -> None:
    mia, adam = (
        await meet("Mia Sato", "mia@northlight.test"),
        await meet("Adam Brandt", "adam@northlight.test", **PHONE),
    )
    document = head_start.written(product, await meet("Clara Client"), TITLE)
    for member in (mia, adam):
        await member.sign_in(DEMO_PASSWORD)
    await mia.goto(f"/documents/{document}")
    await adam.goto("/notifications")

    await name_him(mia, "is this what we agreed?")
    await expect(told(adam)).to_have_count(1)  # live: he looks at the list
    await adam.open_mail(TITLE, "/unsubscribe/")
    await adam.sees("Stop these mails?", f"“{KIND}” comes by mail from Northlight")
    assert await looks.unfit(adam.page, for_fingers=True) + await looks.unusable(adam.page) == []
    await adam.button("Stop these mails").tap()
    await adam.sees("No more of these mails")

    await adam.follow("Choose which mails you get")
    await expect(adam.field(KIND)).not_to_be_checked()
    await name_him(mia, "and the term?")
    await adam.goto("/notifications")
    await expect(told(adam)).to_have_count(2)

    await adam.goto("/settings/notifications")
    await adam.field(KIND).tap()
    await expect(adam.field(KIND)).to_be_checked()
    await adam.page.reload()
    await expect(adam.field(KIND)).to_be_checked()
    await name_him(mia, "and the payment plan?")
    mail = await product.mail(adam.email, TITLE, after=1)
    assert "and the payment plan?" in mail["text"]
    assert len(await product.mails(adam.email, TITLE)) == 2  # nothing was kept back and sent later


async def name_him(mia: Person, question: str) -> None:
    """In a comment on the whole document."""
    field = mia.page.get_by_role("textbox", name="Comment on the document")
    await field.press_sequentially("@ad")
    await expect(mia.page.get_by_role("option", name="Adam Brandt")).to_be_visible()
    await mia.page.keyboard.press("Enter")
    await field.press_sequentially(question)
    await mia.page.keyboard.press("Control+Enter")
    await expect(mia.page.get_by_role("article").filter(has_text=question)).to_be_visible()
    await expect(field).to_have_value("")


def told(adam: Person) -> Locator:
    return adam.page.get_by_role("link", name="Mia Sato mentioned you").filter(has_text=TITLE)
