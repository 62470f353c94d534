"""What every page owes every screen: nothing sticks out, fingers hit, and people who cannot see it can use it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
FINGER = 44  # CSS pixels
SERIOUS = ("serious", "critical")

STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1)
    .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${(e.textContent || "").trim().slice(0, 40)}`).slice(0, 5);
}"""

# A link within a sentence is as high as its line; what is only for screen readers is not hit by fingers.
TOO_SMALL = """(finger) => {
  const hit = e => e.matches("input[type=checkbox], input[type=radio]") ? e.closest("label") ?? e : e;
  const inSentence = e => e.tagName === "A" && getComputedStyle(e).display === "inline";
  return [...document.querySelectorAll("a, button, input, select, textarea, canvas, [role=button]")]
    .filter(e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !inSentence(e) && !e.closest("[aria-hidden=true]"))
    .map(e => [e, hit(e).getBoundingClientRect()])
    .filter(([e, box]) => box.width > 1 && box.bottom > 0 && (box.height < finger - 0.5 || box.width < finger - 0.5))
    .map(([e, box]) => `${e.tagName.toLowerCase()} “${(e.getAttribute("aria-label") || e.textContent || e.name || "").trim().slice(0, 30)}” ${Math.round(box.width)}×${Math.round(box.height)}`);
}"""

# What stays in sight lies over the rest on purpose, and so does a small button in its field.
ON_EACH_OTHER = """() => {
  const stays = e => { for (; e; e = e.parentElement) if (["fixed", "sticky", "absolute"].includes(getComputedStyle(e).position)) return true; };
  const name = e => `${e.tagName.toLowerCase()} “${(e.getAttribute("aria-label") || e.textContent || e.name || "").trim().slice(0, 30)}”`;
  const all = [...document.querySelectorAll("main :is(button, input, select, textarea)")]
    .filter(e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !stays(e))
    .map(e => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width > 1);
  return all.flatMap(([a, one], at) => all.slice(at + 1)
    .filter(([b, two]) => !a.contains(b) && !b.contains(a) && Math.min(one.right, two.right) - Math.max(one.left, two.left) > 2
      && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 2)
    .map(([b]) => `${name(a)} and ${name(b)}`)).slice(0, 5);
}"""

SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter(one => one.effect?.getComputedTiming().iterations !== Infinity).map(one => one.finished))"""


async def wear(page: Page, theme: Theme) -> None:
    """As somebody whose system is set to it; every colour has arrived."""
    await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    await expect(page.locator("html")).to_have_class(re.compile(theme))
    await page.evaluate(SETTLED)


async def unfit(page: Page, *, for_fingers: bool = False) -> list[str]:
    """What sticks out of the screen or lies on something else (and, on a phone, what is too small to be hit)."""
    found = [f"sticks out: {what}" for what in await page.evaluate(STICKING_OUT)]
    found += [f"on each other: {what}" for what in await page.evaluate(ON_EACH_OTHER)]
    if for_fingers:
        found += [f"too small: {what}" for what in await page.evaluate(TOO_SMALL, FINGER)]
    return found


# All that is right is as long as a book; only what is wrong need come back.
VIOLATIONS = "([within, more]) => axe.run(within, { resultTypes: ['violations'], ...more }).then(found => found.violations)"
NOTHING_MORE: Mapping[str, Any] = {}
ONLY_COLOURS: Mapping[str, Any] = {"runOnly": ["color-contrast"]}
DIALOG = "[role=dialog], [role=alertdialog]"


async def at_dialog(page: Page, drawn_by: str) -> None:
    """The open dialog, and its colours in the dark. `drawn_by` is its module and function: a test knows which were seen."""
    await expect(page.locator(DIALOG).filter(visible=True).first).to_be_visible()
    await expect(page.locator("[role=menu]")).to_have_count(
        0
    )  # one that fades would stay, without its motion
    await wear(page, "dark")
    wrong = await unusable(page, DIALOG, ONLY_COLOURS)
    await wear(page, "light")
    wrong += await unusable(page, DIALOG)
    assert wrong == [], f"{drawn_by}: {wrong}"


async def unusable(page: Page, within: str = "html", more: Mapping[str, Any] = NOTHING_MORE) -> list[str]:
    """What axe calls serious or worse."""
    if not await page.evaluate("() => 'axe' in window"):  # once for each page that was loaded
        await page.evaluate(Axe().axe_script)
    return [
        f"{broken['id']}: {broken['nodes'][0]['html'][:160]} ({broken['nodes'][0]['failureSummary']})"
        for broken in await page.evaluate(VIOLATIONS, [within, dict(more)])
        if broken["impact"] in SERIOUS
    ]
