"""What a page weighs when somebody opens it for the first time: bytes over the wire, compressed, in a real browser.

    .venv/bin/python -m bench.weight [--url URL] [--port 21970] [--json FILE]

Ends with 1 when a page of the portal weighs more than 300 kB.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from bench.ack.product import Product, product
from contractflow.ops.testing import browser as browser_program

AIM_KB = 300
KINDS = ("Document", "Script", "Stylesheet", "Font", "Image")
MEMBER = ("olivia@northlight.test", "northlight-demo")
STRANGERS = ("/", "/login", "/signup")
PAGES = (
    "/home",
    "/documents",
    "/clients",
    "/leads",
    "/templates",
    "/settings/organisation",
)
SETTLED_MS = 1_500

Weight = Counter[str]


def main() -> int:
    chosen = _arguments()
    with product(chosen.url, chosen.port) as running:
        weights = asyncio.run(measure(running, chosen.sandbox or running.sandbox))
    print(table(weights))
    if chosen.json:
        chosen.json.write_text(json.dumps(weights, indent=1) + "\n")
    heavy = {page: sum(weight.values()) for page, weight in weights.items() if page.startswith("/portal")}
    missed = [page for page, total in heavy.items() if total > AIM_KB * 1000]
    print(
        f"\naim: pages of the portal at most {AIM_KB} kB: {'MISSED by ' + ', '.join(missed) if missed else 'met'}"
    )
    return int(bool(missed) or not heavy)


async def measure(running: Product, sandbox: str) -> dict[str, Weight]:
    """By page. Each is opened by a browser that has never seen anything of ours, but for the session."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        inside = await _signed_in(browser, running.url)
        weights = {}
        for page in (*STRANGERS, *PAGES):
            weights[page] = await weigh(browser, running.url + page, inside if page in PAGES else None)
        for name, way in (("/portal/documents", "/portal/open/"), ("/portal/invoices", "/portal/pay/")):
            url, session = await _through(browser, await _mailed(sandbox, way))
            weights[name] = await weigh(browser, url, session)
        await browser.close()
    return weights


async def weigh(browser: Browser, url: str, session: Any) -> Weight:
    """Bytes by kind, heads of the answers included; websockets are not counted."""
    context = await browser.new_context(storage_state=session, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    weight: Weight = Counter()
    wire.on("Network.responseReceived", lambda e: kinds.setdefault(e["requestId"], e["type"]))
    wire.on(
        "Network.loadingFinished",
        lambda e: weight.update({_kind(kinds.get(e["requestId"], "")): int(e["encodedDataLength"])}),
    )
    await wire.send("Network.enable")
    await page.goto(url, wait_until="networkidle")
    await page.wait_for_timeout(SETTLED_MS)
    await context.close()
    return weight


def _kind(kind: str) -> str:
    return kind if kind in KINDS else "Other"


async def _signed_in(browser: Browser, url: str) -> Any:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{url}/login")
    await page.get_by_label("Work email").fill(MEMBER[0])
    await page.get_by_label("Password").fill(MEMBER[1])
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/home")
    return await _kept(context)


async def _through(browser: Browser, link: str) -> tuple[str, Any]:
    """Where a mailed link leads, and the session it made."""
    context = await browser.new_context()
    page: Page = await context.new_page()
    await page.goto(link)
    return page.url, await _kept(context)


async def _kept(context: BrowserContext) -> Any:
    """The cookies alone: what a page keeps in the browser would not be there at the first time."""
    state = await context.storage_state()
    await context.close()
    return state | {"origins": []}


async def _mailed(sandbox: str, way: str) -> str:
    async with httpx.AsyncClient() as client:
        mails = (await client.get(f"{sandbox}/mail.json", timeout=20)).json()
    return next(link for mail in mails for link in mail["links"] if way in link)


def table(weights: dict[str, Weight]) -> str:
    """In Markdown, kB of a thousand bytes."""
    kinds = (*KINDS, "Other")
    lines = [["page", *map(str.lower, kinds), "all"], ["---", *["---:"] * (len(kinds) + 1)]]
    for page, weight in weights.items():
        numbers = [weight[kind] for kind in kinds]
        lines.append([page, *(f"{number / 1000:.0f}" for number in [*numbers, sum(numbers)])])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="", help="of a product that runs already, with the demo agency")
    parser.add_argument("--sandbox", default="", help="of its sandbox")
    parser.add_argument("--port", type=int, default=21970)
    parser.add_argument("--json", type=Path, help="where to write the figures as well")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
