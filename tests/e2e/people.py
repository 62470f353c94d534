"""People in browsers of their own. They find fields and buttons by what these are called, as people do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    WebError,
    expect,
)

from tests.e2e.product import Product

PASSWORD = "four quiet green hills"
DEMO_PASSWORD = "northlight-demo"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# A violation that a page survives without a word in the console is told all the same.
_TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))"""


@dataclass(eq=False)
class Person:
    """Somebody at `page`. Whatever any of their tabs complains about is kept, and has to be nothing in the end."""

    product: Product
    context: BrowserContext
    page: Page
    name: str
    email: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def come(cls, product: Product, context: BrowserContext, name: str, email: str) -> Person:
        context.set_default_timeout(20_000)
        await context.add_init_script(_TELL_VIOLATIONS)
        person = cls(product, context, await context.new_page(), name, email)
        context.on("console", person._on_console)
        context.on("weberror", person._on_error)
        context.on("requestfailed", person._on_failed)
        context.on("response", person._on_response)
        return person

    # -- what hands and eyes do

    async def goto(self, path: str) -> None:
        await self.page.goto(path)

    async def another_tab(self, path: str) -> Person:
        """The same person at a second tab."""
        tab = Person(
            self.product, self.context, await self.context.new_page(), self.name, self.email, self.complaints
        )
        await tab.goto(path)
        return tab

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        """By its label; an optional field says so behind it."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))

    def words(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_text(words)

    def pill(self, word: str) -> Locator:
        """One that is seen: a page may hold the same fact twice, for a wide screen and for a narrow one."""
        pills = self.page.locator(".cf-pill", has_text=re.compile(rf"^{re.escape(word)}$"))
        return pills.filter(visible=True)

    def fact(self, term: str) -> Locator:
        """The value beside a term in a list of facts."""
        return self.page.locator("dt", has_text=re.compile(rf"^{re.escape(term)}$")).locator("+ dd")

    async def press(self, name: str) -> None:
        button = self.button(name)
        await self.rest(button)
        await button.click()

    async def rest(self, button: Locator) -> None:
        """For the moment that a button which was just pressed holds itself; no hand is as fast as a test."""
        await expect(button.and_(self.page.locator("[data-held]"))).to_have_count(0)

    async def follow(self, name: str) -> None:
        await self.page.get_by_role("link", name=name, exact=True).click()

    async def fill(self, fields: dict[str, str]) -> None:
        """What is typed into the field of each label."""
        for label, typed in fields.items():
            await self.field(label).fill(typed)

    async def choose(self, label: str, option: str) -> None:
        await self.field(label).select_option(label=option)

    async def sees(self, *words: str | re.Pattern[str]) -> None:
        for one in words:
            await expect(self.words(one).first).to_be_visible()

    async def sees_toast(self, words: str) -> None:
        await expect(self.page.locator("[data-sonner-toast]", has_text=words).first).to_be_visible()

    async def picture(self, file: Path) -> None:
        await self.page.screenshot(path=file, full_page=True)

    # -- doors

    async def sign_up(self, agency: str) -> None:
        await self.goto("/signup")
        await self.fill(
            {"Your name": self.name, "Work email": self.email, "Password": PASSWORD, "Agency name": agency}
        )
        await self.press("Create account")
        await self.page.wait_for_url("**/home")

    async def confirm_address(self) -> None:
        """With the link of the mail: before that nothing goes to a client."""
        await self.open_mail("confirm your e-mail", "/verify-email/")
        await self.press("Confirm address")
        await self.page.wait_for_url("**/settings/profile?done=confirmed")

    async def sign_out(self) -> None:
        await self.page.get_by_role("button", name=self.name).filter(visible=True).first.click()
        await self.press("Sign out")

    async def sign_in(self, password: str = PASSWORD, code: str = "") -> None:
        """With `code` for who has a second factor."""
        await self.goto("/login")
        await self.fill({"Work email": self.email, "Password": password})
        await self.press("Sign in")
        if code:
            await self.page.wait_for_url("**/login/code?*")
            await self.fill({"Code": code})
            await self.press("Continue")
        await self.page.wait_for_url("**/home")

    async def open_mail(self, about: str, link: str, after: int = 0) -> dict[str, Any]:
        """Follow the link of the newest mail about something; the mail itself is the answer."""
        mail = await self.product.mail(self.email, about, after)
        await self.goto(next(url for url in (*mail["links"], mail["unsubscribe"]) if link in url))
        return mail

    # -- complaints

    def forgive(self, *about: str) -> None:
        """What their browser said about something that the test did itself."""
        self.complaints[:] = [said for said in self.complaints if not any(words in said for words in about)]

    def _on_console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(f"{self.name}: {said.text} ({said.location['url']})")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(f"{self.name}: exception {error.error}")

    def _on_failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # a navigation that overtook a preload
            self.complaints.append(f"{self.name}: {request.failure} {request.url}")

    def _on_response(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{self.name}: {answer.status} {answer.url}")
