#!/usr/bin/env python3
"""Take the pictures of the README: a draft being written, a contract about to be signed, and the work of the day.

    .venv/bin/python scripts/screenshots.py [--url URL --sandbox URL] [--port 21980]

They are of the demo agency, so whoever runs this again gets the same pictures of what the product looks like then.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import re
import sys
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright, expect

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.ack.product import product  # noqa: E402
from contractflow.ops.testing import browser as browser_program  # noqa: E402

FOLDER = ROOT / "docs/pictures"
WIDE = {"width": 1280, "height": 800}
QUALITY = 82
MEMBER = ("mia@northlight.test", "northlight-demo")
WAITING = "Website relaunch"
"""What the demo agency has sent and nobody has signed."""
PATIENCE_MS = 120_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="", help="of a product that runs already, with the demo agency")
    parser.add_argument("--sandbox", default="", help="of its sandbox")
    parser.add_argument("--port", type=int, default=21980)
    chosen = parser.parse_args()
    with product(chosen.url, chosen.port) as running:
        asyncio.run(take(running.url, chosen.sandbox or running.sandbox))


async def take(url: str, sandbox: str) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        await _draft(await _page(browser, url, "light"))
        await _home(await _page(browser, url, "dark"))
        await _portal(await _page(browser, url, "light"), sandbox)
        await browser.close()


async def _page(browser: Browser, url: str, theme: str) -> Page:
    context = await browser.new_context(
        base_url=url, viewport=WIDE, color_scheme=theme, reduced_motion="reduce", device_scale_factor=1.5
    )
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def _sign_in(page: Page) -> None:
    await page.goto("/login")
    await page.get_by_label("Work email").fill(MEMBER[0])
    await page.get_by_label("Password").fill(MEMBER[1])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/home")


async def _draft(page: Page) -> None:
    await _sign_in(page)
    await page.goto("/documents/new")
    await page.get_by_label("Client", exact=True).select_option(index=1)
    await page.get_by_label("Kind", exact=True).select_option(label="Statement of work")
    for label, typed in (
        ("Title", "Autumn launch campaign"),
        ("Scope", "Strategy, design and build of the campaign site, and six weeks of paid social."),
        ("Total", "18,500.00"),
    ):
        await page.get_by_label(re.compile(rf"^{label}( \(optional\))?$")).fill(typed)
    await page.get_by_label(re.compile("^Total")).blur()
    await page.get_by_role("button", name="50 % deposit").click()
    await page.get_by_role("button", name="Create document", exact=True).click()
    await page.wait_for_url("**/documents/*-*")
    await page.get_by_role("button", name="Draft with AI", exact=True).click()
    await expect(
        page.get_by_role("region", name="Draft being written").locator(".cf-block").nth(2)
    ).to_be_visible()
    await _keep(page, "draft")


async def _home(page: Page) -> None:
    await _sign_in(page)
    await expect(page.locator("[aria-busy=true]")).to_have_count(0)
    await _keep(page, "home")


async def _portal(page: Page, sandbox: str) -> None:
    async with httpx.AsyncClient() as client:
        mails = (await client.get(f"{sandbox}/mail.json", timeout=30)).json()
    asked = next(mail for mail in mails if WAITING in mail["subject"] and mail["subject"].endswith("to sign"))
    await page.goto(next(link for link in asked["links"] if "/portal/open/" in link))
    await expect(page.get_by_role("article").first).to_be_visible()
    await _keep(page, "portal")


async def _keep(page: Page, name: str) -> None:
    """As WebP, which Playwright has no word for, and Chromium has."""
    await page.evaluate("document.fonts.ready.then(() => 0)")
    wire = await page.context.new_cdp_session(page)
    taken = await wire.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file = FOLDER / f"{name}.webp"
    file.write_bytes(base64.b64decode(taken["data"]))
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
