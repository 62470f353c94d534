"""The captcha lets people in only on a clear yes, for this form, on our host, once."""

import pytest

from contractflow import config
from contractflow.integrations import captcha
from tests.sandbox import Sandbox, free_port

SECRET = "1x0000000000000000000000000000000AA"
DUMMY = "XXXX.DUMMY.TOKEN.XXXX"


@pytest.fixture(autouse=True)
def _configured(sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    configure(monkeypatch, TURNSTILE_URL=f"{sandbox.url}/turnstile/siteverify")
    yield
    config.settings.cache_clear()


def configure(monkeypatch, **values: str) -> None:
    known = {"TURNSTILE_SITE_KEY": "1x00000000000000000000AA", "TURNSTILE_SECRET": SECRET}
    known["BASE_URL"] = "http://flow.test:8080"
    for name, value in (known | values).items():
        monkeypatch.setenv(f"CONTRACTFLOW_{name}", value)
    config.settings.cache_clear()


def widget_token(action="signup", hostname="flow.test", number=0):
    return f"SANDBOX~{action}~{hostname}~{number:032x}"


async def test_a_token_is_good_once():
    token = widget_token(number=1)
    assert await captcha.verify(token, "signup", "203.0.113.9")
    assert not await captcha.verify(token, "signup", "203.0.113.9")


@pytest.mark.parametrize(
    "token",
    ["", "forged", "x" * 3000, widget_token("login", number=2), widget_token(hostname="evil.test", number=3)],
)
async def test_anything_else_is_a_no(token):
    assert not await captcha.verify(token, "signup", "")


async def test_cloudflares_dummy_token_passes_outside_production():
    assert await captcha.verify(DUMMY, "signup", "")
    assert await captcha.verify(DUMMY, "login", "")


async def test_one_outage_is_bridged_without_burning_the_token(sandbox):
    sandbox.faults(turnstile=[{"kind": "http", "status": 503}])
    assert await captcha.verify(widget_token(number=4), "signup", "")


async def test_a_longer_outage_fails_closed(sandbox, monkeypatch):
    sandbox.faults(turnstile=["http", "http"])
    assert not await captcha.verify(widget_token(number=5), "signup", "")
    configure(monkeypatch, TURNSTILE_URL=f"http://127.0.0.1:{free_port()}/siteverify")
    assert not await captcha.verify(widget_token(number=6), "signup", "")


async def test_it_is_off_only_when_no_key_is_configured(monkeypatch):
    monkeypatch.delenv("CONTRACTFLOW_TURNSTILE_SITE_KEY")
    config.settings.cache_clear()
    assert not captcha.is_on()
    assert await captcha.verify("", "signup", "")


async def test_a_site_key_without_a_secret_lets_nobody_in(monkeypatch):
    monkeypatch.delenv("CONTRACTFLOW_TURNSTILE_SECRET")
    config.settings.cache_clear()
    assert not await captcha.verify(DUMMY, "signup", "")
