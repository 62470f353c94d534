"""People come, change and go while their pages are open; an organisation changes hands; one person has two of them."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Locator, expect

from tests.e2e import looks, steps
from tests.e2e.people import Person

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(240)]


def row(person: Person, name: str, table: str = "Members") -> Locator:
    return person.page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


async def act(person: Person, name: str, verb: str) -> None:
    """One of the actions in the menu behind a member."""
    await person.goto("/settings/members")
    await row(person, name).hover()
    await person.button(f"Actions for {name}").click()
    await person.page.get_by_role("menuitem", name=verb).click()


async def test_a_role_changes_and_somebody_goes_while_their_page_is_open(meet) -> None:
    olivia, mia = await meet("Olivia Owner"), await meet("Mia Member")
    await olivia.sign_up("Northlight Studio")
    await steps.invite(olivia, mia, "Member")
    await mia.goto("/clients")
    await mia.page.get_by_role("banner").get_by_role("button", name="Add client").click()
    await mia.fill({"Client": "Bright Foods", "Contact name": "Clara", "Contact email": "clara@bright.test"})

    await act(olivia, mia.name, "Change role")
    await olivia.choose("Role", "Viewer")
    await olivia.press("Change role")
    await olivia.sees_toast("The role of Mia Member is changed.")
    await expect(row(olivia, mia.name)).to_contain_text("Viewer")
    await mia.page.get_by_role("dialog").get_by_role("button", name="Add client").click()
    await mia.sees_toast("Only members and above can add and change clients.")
    await expect(mia.field("Client")).to_have_value("Bright Foods")  # nothing typed is lost

    await act(olivia, mia.name, "Remove")
    await expect(olivia.page.get_by_role("dialog")).to_contain_text("signed out at once")
    await looks.at_dialog(olivia.page, "member_dialogs._remove")
    begun = time.monotonic()
    await olivia.button("Remove").click()
    await mia.page.wait_for_url("**/login?reason=*", wait_until="commit", timeout=5_000)
    took = time.monotonic() - begun
    assert took < 2, took  # a second from the commit on; the click, the dialog and a busy machine come on top
    await olivia.sees_toast("Mia Member is removed and signed out.")
    await expect(row(olivia, mia.name)).to_have_count(0)


async def test_the_ownership_changes_hands_with_consent(meet) -> None:
    olivia, adam = await meet("Olivia Owner"), await meet("Adam Admin")
    await olivia.sign_up("Northlight Studio")
    await steps.invite(olivia, adam)
    await act(olivia, adam.name, "Offer ownership")
    await looks.at_dialog(olivia.page, "member_dialogs._offer")
    await olivia.press("Offer ownership")
    await olivia.sees_toast("Offered.")
    await olivia.sees("The ownership is offered to Adam Admin")
    await expect(row(olivia, olivia.name)).to_contain_text("Owner")

    await adam.open_mail("offers you the ownership", "/organisations/")
    await adam.page.wait_for_url("**/settings/organisation")
    await adam.follow("Go to Members")
    await adam.sees("Olivia Owner offers you the ownership of this organisation")
    await adam.press("Accept")
    await expect(row(adam, adam.name)).to_contain_text(re.compile("Owner"))
    await expect(row(adam, "Olivia Owner")).to_contain_text("Admin")
    await olivia.product.mail(olivia.email, "is the owner now")
    await olivia.goto("/settings/organisation")
    await expect(olivia.button("Delete organisation")).to_have_attribute("aria-disabled", "true")


async def test_one_person_has_two_organisations_and_a_tab_in_each(meet) -> None:
    olivia = await meet("Olivia Owner")
    await olivia.sign_up("Northlight Studio")
    clara = await meet("Clara Client")
    await steps.add_client(olivia, clara)
    document = await steps.new_document(olivia, "Website relaunch")
    other = await olivia.another_tab("/clients")
    await expect(other.words("Bright Foods").first).to_be_visible()

    await olivia.goto("/organisations")
    await olivia.fill({"Agency name": "Southpaw"})
    await olivia.press("Create organisation")
    await olivia.page.wait_for_url("**/home")
    await expect(olivia.button("Organisation: Southpaw")).to_be_visible()
    await other.page.wait_for_url("**/home?moved=1")
    await other.sees_toast("You are in Southpaw now")

    await olivia.goto(document)
    await olivia.sees("belongs to Northlight Studio")
    await olivia.press("Switch to Northlight Studio")
    await olivia.page.wait_for_url(document)
    await expect(olivia.button("Organisation: Northlight Studio")).to_be_visible()
    await expect(olivia.page.get_by_role("heading", name="Website relaunch").first).to_be_visible()
    await olivia.button("Organisation: Northlight Studio").click()
    await olivia.press("Southpaw")
    await expect(olivia.button("Organisation: Southpaw")).to_be_visible()


async def test_an_organisation_that_is_being_deleted_says_so_and_is_kept(meet) -> None:
    olivia, adam = await meet("Olivia Owner"), await meet("Adam Admin")
    await olivia.sign_up("Northlight Studio")
    await steps.invite(olivia, adam)
    await adam.goto("/clients")
    await olivia.goto("/settings/organisation")
    await olivia.press("Delete organisation")
    dialog = olivia.page.get_by_role("dialog")
    delete = dialog.get_by_role("button", name="Delete organisation")
    await looks.at_dialog(olivia.page, "organisation_end.delete_dialog")
    await dialog.get_by_role("textbox").fill("Northlight")
    await delete.click()
    await olivia.sees("Type the organisation's name exactly as it stands above.")
    await dialog.get_by_role("textbox").fill("Northlight Studio")
    await olivia.rest(delete)
    await delete.click()
    await olivia.sees("This organisation is being deleted")

    # Adam's open page hears of it by itself, and lets him begin nothing more.
    await adam.sees("This organisation is being deleted")
    await expect(adam.page.get_by_role("banner").get_by_role("button", name="Add client")).to_be_disabled()
    await adam.product.mail(adam.email, "is deleted on")

    await olivia.press("Keep the organisation")
    await looks.at_dialog(olivia.page, "organisation_end._closing")
    await olivia.press("Keep it")
    await expect(olivia.words("This organisation is being deleted")).to_have_count(0)
    await adam.goto("/clients")
    await expect(adam.words("This organisation is being deleted")).to_have_count(0)
