"""The client's steps by somebody without a mouse: Tab until a thing has the focus, see that it has, and press a key."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.e2e.people import Person

MOST_TABS = 80
HAS_FOCUS = "one => one === document.activeElement"
IS_SHOWN = """one => {
  const at = [one, one.closest("label, .cf-sign__pad")].filter(Boolean).map((each) => getComputedStyle(each));
  return at.some((style) => (style.outlineStyle !== "none" && style.outlineWidth !== "0px") || style.boxShadow !== "none");
}"""


async def reach(person: Person, target: Locator) -> None:
    """Where they are on the page does not matter: after the last thing comes the first."""
    await expect(target).to_be_visible()
    await expect(target).to_be_enabled()
    for _ in range(MOST_TABS):
        if await target.evaluate(HAS_FOCUS):
            assert await target.evaluate(IS_SHOWN), f"nobody sees that {target} has the focus"
            return
        await person.page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {target}")


async def press(person: Person, name: str, within: Locator | None = None) -> None:
    button = (within or person.page).get_by_role("button", name=name, exact=True)
    await person.rest(button)
    await reach(person, button)
    await person.page.keyboard.press("Enter")


async def fill(person: Person, label: str, typed: str) -> None:
    await reach(person, person.field(label))
    await person.page.keyboard.type(typed)


async def tick(person: Person, box: Locator) -> None:
    await reach(person, box)
    await person.page.keyboard.press("Space")
    await expect(box).to_be_checked()


async def agree_and_prove(client: Person) -> None:
    await press(client, "I agree")
    await press(client, "Send me a code")
    mail = await client.product.mail(client.email, "Your code")
    found = re.search(r"\b(\d{6})\b", mail["text"])
    assert found, mail["text"]
    await fill(client, "Code", found[1])
    await client.page.keyboard.press("Enter")
    await expect(client.button("Sign document")).to_be_visible()


async def sign_typed(client: Person) -> None:
    await fill(client, "Type your name as your signature", client.name)
    await tick(client, client.page.get_by_role("checkbox"))
    await press(client, "Sign document")
    await client.sees("Signed. One step is left: the payment")


async def report_a_transfer(client: Person) -> None:
    await press(client, "I've sent the transfer")
    await press(client, "I've sent the transfer", client.page.get_by_role("dialog"))
    await client.sees("the transfer is on its way")
