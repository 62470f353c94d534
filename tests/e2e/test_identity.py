"""One's account in a real browser: proving the address, a forgotten password, another address, and taking it back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.line import Line
from tests.e2e.people import PASSWORD, Person

pytestmark = pytest.mark.xdist_group("product")

NEW = "seven loud red rivers"


async def test_a_forgotten_password_is_chosen_anew_by_mail(meet) -> None:
    nora = await meet("Nora New")
    await nora.sign_up("Nova Films")
    await nora.sees("Confirm your address")
    await nora.product.mail(nora.email, "confirm your e-mail")
    await nora.press("Send again")
    await nora.sees_toast("Sent.")
    await nora.product.mail(nora.email, "confirm your e-mail", after=1)
    await nora.confirm_address()
    await nora.sees("Your address is confirmed.")
    await expect(nora.page.locator(".cf-banner")).to_have_count(0)

    await nora.sign_out()
    await nora.page.wait_for_url("**/login?reason=out")
    await nora.follow("Forgot your password?")
    await nora.fill({"Work email": nora.email})
    await nora.press("Send link")
    await nora.sees("If the address belongs to an account, a link is on its way.")
    await nora.open_mail("new password", "/reset/")
    await nora.fill({"New password": "password12345"})
    await nora.press("Save password")
    await nora.sees("That password is one of the first anybody would try.")
    await nora.fill({"New password": NEW})
    await nora.press("Save password")
    await nora.page.wait_for_url("**/login?reason=password")
    await nora.sign_in(NEW)
    await nora.open_mail("new password", "/reset/")
    await nora.sees("This link was used already.")


async def test_the_address_and_the_password_are_changed_in_settings_and_taken_back(meet) -> None:
    mona = await meet("Mona Moved")
    await mona.sign_up("Moved Films")
    await mona.confirm_address()
    elsewhere = mona.email.replace("@", "@new.")
    await mona.goto("/settings/profile")
    await mona.fill({"New work email": elsewhere, "Present password": "not the password"})
    await mona.press("Change address")
    await mona.sees("That is not your present password.")
    await expect(mona.field("New work email")).to_have_value(elsewhere)
    await mona.fill({"Present password": PASSWORD})
    await mona.press("Change address")
    await mona.sees(f"Waiting for you to open the link in the mail to {elsewhere}")
    mail = await mona.product.mail(elsewhere, "confirm your new")
    await _open_in_the_tab_of_another_link(
        mona, next(link for link in mail["links"] if "/verify-email/" in link)
    )
    await mona.press("Confirm address")
    await mona.page.wait_for_url("**/settings/profile?done=confirmed")
    await mona.sees(elsewhere)

    await mona.goto("/settings/security")
    await mona.fill({"Present password": PASSWORD, "New password": NEW})
    await mona.press("Change password")
    await mona.sees("Your password is changed.")

    await mona.open_mail("was changed", "/not-me/")
    await mona.press("Take my account back")
    await mona.page.wait_for_url("**/login?reason=undone")
    await mona.sees("Your account is yours again.")
    await mona.open_mail("new password", "/reset/")
    await expect(mona.field("Work email")).to_have_value(mona.email)


async def _open_in_the_tab_of_another_link(person: Person, link: str) -> None:
    """Until it has heard which one this is, the page shows the one before, which must not be sent."""
    line = await Line.of(person.page)
    line.hold_behind('"is_hydrated')
    await person.goto(link)
    button = person.button("Confirm address")
    await expect(button).to_be_disabled()
    await button.click(force=True)
    line.let_go()
    await expect(button).to_be_enabled()
    await expect(person.page).to_have_url(link)


async def test_what_is_typed_while_a_page_still_loads_stays(meet) -> None:
    """Also in a tab where the same form was refused before: that arrives first, and is taken back then."""
    hana = await meet("Hana Hasty")
    line = await Line.of(hana.page)
    await hana.goto("/login")
    await hana.fill({"Work email": hana.email, "Password": "not the password"})
    await hana.press("Sign in")
    await hana.sees("do not belong together")
    await expect(hana.field("Work email")).to_have_value(hana.email)

    line.hold()
    await hana.goto("/login?reason=ended")
    await hana.fill({"Work email": "somebody@else.test", "Password": PASSWORD})
    line.let_go()
    await hana.sees("Your session has ended.")
    await expect(hana.field("Work email")).to_have_value("somebody@else.test")
    await expect(hana.field("Password")).to_have_value(PASSWORD)
