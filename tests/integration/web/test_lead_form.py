"""The public form as a browser, a robot and somebody else's site meet it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from sqlmodel import select

from contractflow import config
from contractflow.models import Lead
from contractflow.permissions import System
from contractflow.security import rate_limits
from contractflow.services import leads
from tests import cast
from tests.integration.identity.browsing import Browser
from tests.integration.journey import as_
from tests.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("redis", "database")
FORM = "/lead/northlight"
TYPED = {
    "name": "Lena Lead",
    "email": "lena@lead.test",
    "message": "A <b>new</b> website.",
    "utm_source": "letter",
}
_tokens = count(1)


@pytest.fixture(autouse=True)
def _configured(database, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    sandbox.clear()
    for name, value in {
        "TURNSTILE_SITE_KEY": "1x00000000000000000000AA",
        "TURNSTILE_SECRET": "1x0000000000000000000000000000000AA",
        "TURNSTILE_URL": f"{sandbox.url}/turnstile/siteverify",
        "BASE_URL": "http://ours.test",
    }.items():
        monkeypatch.setenv(f"CONTRACTFLOW_{name}", value)
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def kept() -> list[Lead]:
    return as_(System(cast.NORTHLIGHT, "test"), lambda work: list(work.db.exec(select(Lead))))


def person() -> dict[str, str]:
    return {"cf-turnstile-response": f"SANDBOX~lead~ours.test~{next(_tokens):032x}"}


async def test_a_person_sends_it_and_reads_thanks() -> None:
    browser = Browser()
    page = await browser.get(FORM)
    assert page.status_code == 200
    for words in ("Tell us about your project", "Northlight", 'data-action="lead"', 'for="message"'):
        assert words in page.text
    sent = await browser.post(FORM, **TYPED, **person())
    assert (sent.status_code, sent.headers["location"]) == (303, f"{FORM}?sent=1")
    assert "Thank you" in (await browser.get(sent.headers["location"])).text
    (lead,) = kept()
    assert (lead.message, lead.utm, lead.status) == ("A <b>new</b> website.", {"utm_source": "letter"}, "new")
    again = await browser.post(FORM, **TYPED, **person())
    assert again.status_code == 303
    assert len(kept()) == 1


@pytest.mark.parametrize("token", ["", "forged", f"SANDBOX~login~ours.test~{1:032x}"])
async def test_without_a_clear_yes_it_is_a_no_and_nothing_typed_is_lost(token: str) -> None:
    refused = await Browser().post(FORM, **TYPED, **{"cf-turnstile-response": token})
    assert refused.status_code == 422
    assert "We could not make sure that you are a person." in refused.text
    assert "A &lt;b&gt;new&lt;/b&gt; website." in refused.text
    assert kept() == []


async def test_while_the_check_does_not_answer_nobody_passes(sandbox: Sandbox) -> None:
    sandbox.faults(turnstile=["http", "http"])
    assert (await Browser().post(FORM, **TYPED, **person())).status_code == 422
    assert kept() == []


async def test_who_fills_in_what_nobody_sees_is_thanked_for_nothing() -> None:
    sent = await Browser().post(FORM, **TYPED, **person(), homepage="https://spam.test")
    assert (sent.status_code, kept()) == (303, [])


async def test_what_cannot_be_used_is_said_beside_its_field() -> None:
    refused = await Browser().post(FORM, **TYPED | {"email": 'le"na'}, **person())
    assert refused.status_code == 422
    assert 'id="email-error" role="alert">Enter a complete e-mail address' in refused.text
    assert 'value="le&#34;na"' in refused.text


async def test_one_address_and_one_form_can_be_flooded_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    once = rate_limits.Limit("lead_by_org", 1, 60)
    monkeypatch.setattr(rate_limits, "LEAD_BY_ORG", once)
    assert (await Browser().post(FORM, **TYPED, **person())).status_code == 303
    flood = await Browser().post(FORM, **TYPED | {"message": "Another."}, **person())
    assert flood.status_code == 429
    assert "Too many attempts" in flood.text
    assert "Another." in flood.text


async def test_a_closed_form_and_one_that_never_was_look_the_same() -> None:
    typed = {"heading": "x", "intro": "", "questions": "", "assignee": "", "is_open": False}
    as_(cast.adam, leads.save_form, **typed)
    browser = Browser()
    closed, never = await browser.get(FORM), await browser.get("/lead/never-was")
    assert closed.status_code == never.status_code == 404
    plain = [answer.text.replace(nonce_of(answer), "") for answer in (closed, never)]
    assert plain[0] == plain[1]
    assert (await browser.post(FORM, **TYPED, **person())).status_code == 404
    assert (await browser.get(f"{FORM}/embed.js")).status_code == 404


async def test_another_site_may_frame_it_and_load_one_script_and_nothing_else() -> None:
    browser = Browser()
    alone, framed = await browser.get(FORM), await browser.get(f"{FORM}?embed=1&theme=dark")
    assert "frame-ancestors 'none'" in alone.headers["content-security-policy"]
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert 'data-theme="dark"' in framed.text
    assert "unsafe" not in framed.headers["content-security-policy"]
    sent = await browser.post(f"{FORM}?embed=1&theme=dark", **TYPED, **person())
    assert sent.headers["location"] == f"{FORM}?embed=1&theme=dark&sent=1"
    strange = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "origin": "https://agency.test"}
    script = await browser.http.get(f"{FORM}/embed.js", headers=strange)
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert '"http://ours.test/lead/northlight"' in script.text
    assert (await browser.http.get(FORM, headers=strange)).status_code == 403
    assert (await browser.http.post(FORM, data=TYPED, headers=strange)).status_code == 403


def nonce_of(answer) -> str:
    return answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
