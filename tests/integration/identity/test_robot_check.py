"""Turnstile stands before sign-up and a reset, and before sign-in once it looks like guessing; without a clear yes it is a no."""

from __future__ import annotations

from itertools import count

import pytest

from contractflow import config
from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Visitor
from contractflow.security.passwords import hash_password
from contractflow.services.identity import signing_in
from contractflow.web import later
from tests import cast
from tests.conftest import Database
from tests.integration.identity.browsing import PASSWORD, Browser, mails
from tests.sandbox import Sandbox, free_port

pytestmark = pytest.mark.usefixtures("redis", "database")
MIA = cast.email_of(cast.mia)
_tokens = count(1)


@pytest.fixture(autouse=True)
async def _configured(database: Database, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch):
    hashed = await hash_password(PASSWORD)
    with unit_of_work(Visitor()) as work:
        signing_in.change_password(work, cast.mia.user_id, hashed)
    sandbox.clear()
    use(monkeypatch, f"{sandbox.url}/turnstile/siteverify")
    yield
    config.settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name, value in {
        "TURNSTILE_SITE_KEY": "1x00000000000000000000AA",
        "TURNSTILE_SECRET": "1x0000000000000000000000000000000AA",
        "TURNSTILE_URL": url,
        "BASE_URL": "http://ours.test",
    }.items():
        monkeypatch.setenv(f"CONTRACTFLOW_{name}", value)
    config.settings.cache_clear()


def by_a_person(action: str) -> dict[str, str]:
    return {"cf-turnstile-response": f"SANDBOX~{action}~ours.test~{next(_tokens):032x}"}


async def sign_up(browser: Browser, **check: str) -> str:
    form = {"name": "Nora", "email": "nora@nova.test", "password": PASSWORD, "agency": "Nova"}
    return (await browser.post("/auth/signup", **form, **check)).headers["location"]


async def test_sign_up_asks_always() -> None:
    assert (await sign_up(Browser())).startswith("/signup?again=")
    assert (await sign_up(Browser(), **by_a_person("login"))).startswith("/signup?again=")
    assert await sign_up(Browser(), **by_a_person("signup")) == "/home"


async def test_a_reset_asks_always(database: Database) -> None:
    assert (await Browser().post("/auth/forgot", email=MIA)).headers["location"].startswith("/forgot?again=")
    await later.settled()
    assert mails(database, MIA) == []
    answer = await Browser().post("/auth/forgot", email=MIA, **by_a_person("forgot"))
    assert answer.headers["location"] == "/forgot?sent=1"
    await later.settled()
    assert len(mails(database, MIA)) == 1


@pytest.mark.parametrize("email", [MIA, "nobody@northlight.test"])
async def test_sign_in_asks_after_three_wrong_ones_and_the_page_knows(email: str) -> None:
    browser = Browser()
    checks = []
    for _ in range(3):
        answer = await browser.sign_in(email, "wrong password!")
        checks.append((await browser.kept(answer))["check"])
    assert checks == ["", "", "1"]
    without = await browser.sign_in(email, PASSWORD)
    assert "make sure that you are a person" in (await browser.errors(without))["form"]
    by_person = await browser.sign_in(email, PASSWORD, **by_a_person("login"))
    assert (by_person.headers["location"] == "/home") is (email == MIA)


async def test_the_first_sign_in_asks_nothing() -> None:
    assert (await Browser().sign_in(MIA)).headers["location"] == "/home"


async def test_guesses_from_many_networks_make_strangers_show_it_and_leave_the_person_alone() -> None:
    at_home = Browser()
    await at_home.sign_in(MIA)
    for _ in range(10):
        await Browser().sign_in(MIA, "wrong password!")
    stranger = Browser()
    assert "person" in (await stranger.errors(await stranger.sign_in(MIA)))["form"]
    assert (await stranger.sign_in(MIA, **by_a_person("login"))).headers["location"] == "/home"
    assert (await at_home.sign_in(MIA)).headers["location"] == "/home"


async def test_one_address_that_tries_many_accounts_has_to_show_it() -> None:
    for number in range(10):
        await Browser("192.0.2.50").sign_in(f"victim{number}@northlight.test", "wrong password!")
    eve = Browser("192.0.2.50")
    assert "person" in (await eve.errors(await eve.sign_in(MIA)))["form"]


async def test_nobody_passes_while_the_check_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, f"http://127.0.0.1:{free_port()}/siteverify")
    assert (await sign_up(Browser(), **by_a_person("signup"))).startswith("/signup?again=")
    answer = await Browser().post("/auth/forgot", email=MIA, **by_a_person("forgot"))
    assert answer.headers["location"].startswith("/forgot?again=")
