"""A second factor in a real browser: set up, asked for at sign-in and again later; passkeys by a virtual authenticator."""

from __future__ import annotations

import json
import secrets
import time

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from redis import Redis

from tests.e2e import looks
from tests.e2e.conftest import Tab
from tests.e2e.people import PASSWORD

pytestmark = pytest.mark.xdist_group("browser")

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def tab(served_by_name: str, chromium: Browser):
    """Nina, who has just signed up; her device has a fingerprint reader."""
    context = await chromium.new_context(base_url=served_by_name)
    tab = Tab(await context.new_page())
    tab.listen()
    device = await context.new_cdp_session(tab.page)
    await device.send("WebAuthn.enable")
    await device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    tab.page.email = f"nina.{secrets.token_hex(4)}@new.test"
    await _fill(
        tab.page,
        "/signup",
        {"Your name": "Nina", "Work email": tab.page.email, "Password": PASSWORD, "Agency name": "Nine"},
    )
    await tab.page.get_by_role("button", name="Create account", exact=True).click()
    await tab.page.wait_for_url("**/home")
    yield tab
    await context.close()


async def test_a_code_from_an_app(tab: Tab, redis_server) -> None:
    page = tab.page
    secret, recovery = await _set_up_app(page)
    await _sign_out(page)
    await _password(page)
    await page.wait_for_url("**/login/code?by=app")
    await _enter_code(page, "000000")
    await expect(page.get_by_text("That code is not right")).to_be_visible()
    await _enter_code(page, _code(secret))
    await page.wait_for_url("**/home")
    await _sign_out(page)
    await _password(page)
    await page.get_by_text("Remember this browser").click()
    await _enter_code(page, recovery[0])
    await page.wait_for_url("**/home")
    await _sign_out(page)
    await _password(page)
    await page.wait_for_url("**/home")  # remembered
    await page.goto("/settings/security")
    await expect(page.get_by_text("9 of 10 recovery codes left")).to_be_visible()
    # What touches the account asks first, in place, and then goes on by itself.
    await page.get_by_role("button", name="Remove", exact=True).click()
    await looks.at_dialog(page, "security_factors._remove_app")
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await _confirm(page, recovery[1])
    await expect(page.get_by_role("button", name="Set up an app")).to_be_visible()
    await expect(page.get_by_role("table", name="Remembered browsers")).to_have_count(0)
    assert tab.complaints == []


async def test_a_passkey(tab: Tab, redis_server) -> None:
    page = tab.page
    await page.goto("/settings/security")
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("textbox", name="Name").fill("Laptop")
    await page.get_by_role("button", name="Create passkey").click()
    await page.get_by_role("button", name="I have kept them").click()
    passkeys = page.get_by_role("table", name="Passkeys")
    await expect(passkeys).to_contain_text("Laptop")
    await passkeys.get_by_role("button", name="Rename this passkey").click()
    await looks.at_dialog(page, "security_factors._naming")
    await page.get_by_role("textbox", name="Name").fill("Laptop at work")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(passkeys).to_contain_text("Laptop at work")
    await _sign_out(page)
    await _password(page)
    await page.wait_for_url("**/login/code?by=passkey")
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url("**/home")
    await _sign_out(page)
    await page.goto("/login?next=/invoices")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url(lambda url: "/login" not in url and url.endswith("/invoices"))
    await page.goto("/settings/security")
    await expect(passkeys).to_be_visible()
    _let_ten_minutes_pass(redis_server)
    await passkeys.get_by_role("button", name="Remove this passkey").click()
    await looks.at_dialog(page, "security_factors._passkey")
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Confirm it is you")
    await dialog.get_by_role("button", name="Use a passkey").click()
    await expect(dialog).to_have_count(0)
    await expect(passkeys).to_have_count(0)
    assert tab.complaints == []


async def _set_up_app(page: Page) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes, which are downloaded as well."""
    await page.goto("/settings/security")
    await page.get_by_role("button", name="Set up an app").click()
    secret = (await page.locator(".cf-key").inner_text()).replace(" ", "")
    await page.get_by_role("textbox", name="Code").fill(_code(secret, -1))
    await page.get_by_role("button", name="Turn on").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    kept = await codes.all_inner_texts()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download").click()
    file = await (await coming.value).path()
    assert set(kept) <= set(file.read_text().splitlines())
    await page.get_by_role("button", name="I have kept them").click()
    await expect(page.locator(".cf-pill", has_text="On")).to_be_visible()
    await expect(page.get_by_text("1 of 1 member has one.")).to_be_visible()
    return secret, kept


async def _confirm(page: Page, code: str) -> None:
    dialog = page.get_by_role("dialog", name="Confirm it is you")
    await expect(dialog).to_be_visible()  # what asked for it may still be going
    await looks.at_dialog(page, "confirm_identity.sheet")
    await dialog.get_by_role("textbox", name="Code").fill(code)
    await dialog.get_by_role("button", name="Confirm", exact=True).click()
    await expect(dialog).to_have_count(0)


async def _enter_code(page: Page, code: str) -> None:
    await page.get_by_role("textbox", name="Code").fill(code)
    await page.get_by_role("button", name="Continue", exact=True).click()


async def _password(page: Page) -> None:
    await _fill(page, "/login", {"Work email": page.email, "Password": PASSWORD})
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def _sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Nina").filter(visible=True).first.click()
    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.wait_for_url("**/login?reason=out")


async def _fill(page: Page, path: str, fields: dict[str, str]) -> None:
    await page.goto(path)
    for label, words in fields.items():
        await page.get_by_label(label, exact=True).fill(words)


def _let_ten_minutes_pass(redis_server) -> None:
    """Since everybody last confirmed that it is them."""
    redis = Redis.from_url(redis_server.url(2), decode_responses=True)
    for key in redis.scan_iter("cf:family:*"):
        facts = json.loads(redis.hget(key, "facts"))
        redis.hset(key, "facts", json.dumps(facts | {"confirmed_at": str(int(time.time()) - 601)}))
    redis.close()


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)
