"""The strict policy holds in a real browser: our pages do not run into it, and what an attacker would add does."""

from __future__ import annotations

import json
import secrets

import pytest
from playwright.async_api import Page, expect
from redis import Redis

from contractflow.ops.serving import ROOT
from tests.e2e.product import until

pytestmark = pytest.mark.xdist_group("browser")

STRANGERS_PAGES = (
    "/",
    "/signup",
    "/login",
    "/login/code",
    "/portal/closed",
    "/invite/nothing",
    "/verify",
    "/verify/nothing-here",
)

INJECTED = """() => new Promise(done => {
  const seen = [];
  document.addEventListener("securitypolicyviolation", e => seen.push(e.effectiveDirective));
  window.ran = [];
  const add = html => { const box = document.createElement("div"); box.innerHTML = html; document.body.append(box); };
  add(`<img src="data:," onerror="window.ran.push('img')"><svg onload="window.ran.push('svg')"></svg>`);
  add(`<style id="bad">body{color:red}</style><p style="color:red">x</p>`);
  add(`<iframe srcdoc="<script>parent.ran.push('srcdoc')</script>"></iframe><base href="https://evil.example/">`);
  add(`<a id="js" href="javascript:window.ran.push('link')">x</a>`);
  document.getElementById("js").click();
  // Later, because the debugger that runs this may evaluate as long as it runs.
  setTimeout(() => { try { eval("window.ran.push('eval')"); } catch { seen.push("eval"); } }, 100);
  fetch("https://evil.example/").catch(() => {});
  try { new WebSocket("wss://evil.example/"); } catch {}
  setTimeout(() => done({ ran: window.ran, seen, base: document.baseURI, nonce: document.querySelector("script").getAttribute("nonce") }), 500);
})"""


async def test_no_page_before_sign_in_complains(open_tab) -> None:
    async with open_tab() as tab:
        for path in STRANGERS_PAGES:
            await tab.page.goto(path)
            await tab.page.wait_for_load_state("networkidle")
        assert tab.complaints == []


async def test_no_page_of_a_new_agency_complains(open_tab) -> None:
    """Every page that has a fixed address and exists for it; single documents and the platform are walked elsewhere."""
    async with open_tab() as tab:
        await sign_up(tab.page, f"olivia.{secrets.token_hex(4)}@new.test")
        walked = sorted(
            route
            for route in set(routes()) - {*STRANGERS_PAGES, "/suspended"}
            if not route.startswith("/admin")
        )
        assert {"/home", "/documents", "/documents/new", "/clients", "/settings/members"} <= set(walked)
        for path in walked:
            await tab.page.goto(path)
            await tab.page.wait_for_load_state("networkidle")
            assert tab.page.url.endswith(path), f"{path} led to {tab.page.url}"
        assert tab.complaints == []


async def test_what_an_attacker_would_add_does_not_run(open_tab) -> None:
    async with open_tab() as tab:
        await tab.page.goto("/")
        await tab.page.wait_for_load_state("networkidle")
        found = await tab.page.evaluate(INJECTED)
    assert found["ran"] == []
    assert {"script-src-attr", "style-src-elem", "style-src-attr", "connect-src", "base-uri", "eval"} <= set(
        found["seen"]
    )
    assert "evil" not in found["base"]
    assert not found["nonce"]  # scripts may use their nonce, nobody can read it


async def test_what_the_policy_stops_is_reported(open_tab, redis_server) -> None:
    """A browser tells it by itself; nothing of the page's address that may be a secret is kept."""
    picture = f"https://{secrets.token_hex(4)}.example"
    async with open_tab() as tab:
        await tab.page.goto("/verify/aSecret-Code_123")
        await tab.page.evaluate("url => { new Image().src = `${url}/a.png?who=clara`; }", picture)
        with Redis.from_url(redis_server.url(2), decode_responses=True) as redis:
            found = await until(lambda: _reported(redis, picture), "a report")
    assert {"directive": "img-src", "blocked": picture, "page": "/verify/·"}.items() <= found.items()
    assert "Secret" not in str(found)


async def _reported(redis: Redis, blocked: str) -> dict[str, str] | None:
    facts = [json.loads(fact) for fact in redis.hvals("cf:csp:facts")]
    return next((fact for fact in facts if fact["blocked"] == blocked), None)


async def test_a_refused_sign_up_shows_why_and_what_was_typed_and_the_next_one_works(open_tab) -> None:
    email = f"nora.{secrets.token_hex(4)}@new.test"
    async with open_tab() as tab:
        page = tab.page
        await fill_in(page, email, "passwordpassword")
        await expect(page.get_by_text("one of the first anybody would try")).to_be_visible()
        await expect(page.get_by_label("Work email")).to_have_value(email)
        await expect(page.get_by_label("Your name")).to_have_value("Nora New")
        await expect(page.get_by_label("Password", exact=True)).to_have_value("")
        assert email.partition("@")[0] not in page.url
        assert "Nora%20" not in page.url
        await page.get_by_label("Password", exact=True).fill("four quiet green hills")
        await page.get_by_role("button", name="Create account").click()
        await page.wait_for_url("**/home")
        assert await page.evaluate("document.cookie") == ""
        assert {cookie["name"] for cookie in await page.context.cookies()} == {
            "__Host-cf_session",
            "__Host-cf_visitor",
            "__Host-cf_device",
        }


def routes() -> list[str]:
    """The addresses of all pages that were built with one of their own."""
    built = ROOT / ".web/build/client"
    return [f"/{page.parent.relative_to(built).as_posix()}" for page in built.rglob("*/index.html")]


async def fill_in(page: Page, email: str, password: str) -> None:
    await page.goto("/signup")
    await page.get_by_label("Your name").fill("Nora New")
    await page.get_by_label("Work email").fill(email)
    await page.get_by_label("Agency name").fill("New Studio")
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Create account").click()


async def sign_up(page: Page, email: str) -> None:
    await fill_in(page, email, "four quiet green hills")
    await page.wait_for_url("**/home")
