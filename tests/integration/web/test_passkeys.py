"""Passkeys through the guard and the routes: made, used as the second and as the only step, and everything that is not one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from contractflow import config
from contractflow.db.unit_of_work import unit_of_work
from contractflow.security.sessions import MEMBERS
from contractflow.services import factors
from tests import cast
from tests.authenticator import Authenticator
from tests.integration.web.at_the_door import SESSION, DoorBrowser, browser, give_password

pytestmark = pytest.mark.usefixtures("redis", "database")

ORIGIN = "http://localhost:8080"


@pytest.fixture(autouse=True)
def at_a_name(monkeypatch: pytest.MonkeyPatch, redis_url: str):
    """Browsers know passkeys only of named hosts."""
    monkeypatch.setenv("CONTRACTFLOW_BASE_URL", ORIGIN)
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


@pytest.fixture
async def one() -> AsyncIterator[DoorBrowser]:
    async with browser(ORIGIN) as opened:
        yield opened


async def made(one: DoorBrowser, person=cast.mia, name: str = "Laptop", **odd) -> Authenticator:
    """A new passkey of `person`, who is signed in afterwards."""
    await give_password(person)
    await one.ticket(person)
    device = Authenticator(ORIGIN, "localhost", **odd)
    answer = await add(one, device, name)
    assert answer.status_code == 200, answer.text
    return device


async def add(one: DoorBrowser, device: Authenticator, name: str = "Laptop"):
    asked = (await one.send_json("/auth/passkey/create/options")).json()
    given = {"ticket": asked["ticket"], "answer": device.create(asked["options"]), "name": name}
    return await one.send_json("/auth/passkey/create", given)


async def use(one: DoorBrowser, device: Authenticator, path: str, **more):
    asked = (await one.send_json(f"{path}/options")).json()
    return await one.send_json(
        path, {"ticket": asked["ticket"], "answer": device.get(asked["options"]), **more}
    )


async def signed_in(one: DoorBrowser) -> str:
    """Who is signed in, and by which factor."""
    _, session = await MEMBERS.resolve(one.cookies.get(SESSION))
    return f"{session.who} {session.facts.get('factor')}" if session else ""


async def test_the_first_one_brings_recovery_codes_and_a_new_session_secret(one, database) -> None:
    await give_password(cast.mia)
    await one.ticket(cast.mia)
    old = one.cookies[SESSION]
    answer = await add(one, Authenticator(ORIGIN, "localhost"))
    assert len(answer.json()["codes"]) == 10
    assert one.cookies[SESSION] != old
    assert await signed_in(one) == f"{cast.mia.user_id} passkey"
    assert (await add(one, Authenticator(ORIGIN, "localhost"), "Phone")).json() == {"codes": []}
    with unit_of_work(cast.mia) as work:
        assert [row.name for row in factors.page(work).passkeys] == ["Laptop", "Phone"]
    with database.admin() as admin:
        told = admin.execute("SELECT payload ->> 'what' FROM notification WHERE channel = 'email'").fetchall()
    assert told == [("A passkey was added to your account",)] * 2


async def test_it_is_the_second_step(one) -> None:
    device = await made(one)
    del one.cookies[SESSION]
    assert (await one.sign_in(cast.mia, next="/clients")).headers["location"] == "/login/code?by=passkey"
    answer = await use(one, device, "/auth/passkey/second-step", remember=True)
    assert answer.json() == {"go": "/clients"}
    assert await signed_in(one) == f"{cast.mia.user_id} passkey"
    await one.post("/auth/logout")
    assert (await one.sign_in(cast.mia)).headers["location"] == "/home"


async def test_it_is_the_only_step(one) -> None:
    device = await made(one)
    del one.cookies[SESSION]
    answer = await use(one, device, "/auth/passkey/sign-in", next="/invoices")
    assert answer.json() == {"go": "/invoices"}
    assert await signed_in(one) == f"{cast.mia.user_id} passkey"
    del one.cookies[SESSION]
    answer = await use(one, device, "/auth/passkey/sign-in", next="https://evil.example/")
    assert answer.json() == {"go": "/home"}


async def test_an_answer_counts_once_in_its_own_browser_and_for_what_it_was_asked(one) -> None:
    device = await made(one)
    del one.cookies[SESSION]
    asked = (await one.send_json("/auth/passkey/sign-in/options")).json()
    given = {"ticket": asked["ticket"], "answer": device.get(asked["options"])}
    async with browser(ORIGIN) as other:
        assert (await other.send_json("/auth/passkey/sign-in", given)).status_code == 422
        assert SESSION not in other.cookies
    assert (await one.send_json("/auth/passkey/sign-in", given)).status_code == 422  # spent by the try
    asked = (await one.send_json("/auth/passkey/sign-in/options")).json()
    given = {"ticket": asked["ticket"], "answer": device.get(asked["options"])}
    first, second = await asyncio.gather(*(one.send_json("/auth/passkey/sign-in", given) for _ in range(2)))
    assert sorted((first.status_code, second.status_code)) == [200, 422]
    asked = (await one.send_json("/auth/passkey/sign-in/options")).json()
    given = {"ticket": asked["ticket"], "answer": device.get(asked["options"])}
    assert (await one.send_json("/auth/passkey/confirm", given)).status_code == 422


@pytest.mark.parametrize("odd", [
    {"origin": "https://evil.example"}, {"host": "evil.example"}, {"verifies": False}, {"count": 0},
    {"user_handle": "bm9ib2R5"}, {"credential_id": b"unknown"}, {"key": Authenticator("", "").key},
], ids=lambda odd: next(iter(odd)))  # fmt: skip
async def test_what_is_not_quite_the_passkey_signs_nobody_in(one, odd) -> None:
    device = await made(one)
    del one.cookies[SESSION]
    assert (await use(one, device, "/auth/passkey/sign-in")).status_code == 200
    assert (await use(one, device, "/auth/passkey/sign-in")).status_code == 200
    del one.cookies[SESSION]
    for name, value in odd.items():
        setattr(device, name, value)  # a count of 0 is what a copy would begin with
    answer = await use(one, device, "/auth/passkey/sign-in")
    assert answer.status_code == 422
    assert answer.text.endswith(".")
    assert SESSION not in one.cookies


@pytest.mark.parametrize("odd", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"verifies": False}], ids=lambda odd: next(iter(odd)))  # fmt: skip
async def test_what_is_made_elsewhere_or_of_nobody_is_not_kept(one, odd) -> None:
    await give_password(cast.mia)
    await one.ticket(cast.mia)
    device = Authenticator(**{"origin": ORIGIN, "host": "localhost"} | odd)
    assert (await add(one, device)).status_code == 422
    with unit_of_work(cast.mia) as work:
        assert factors.page(work).passkeys == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "x",
        {},
        {"rawId": 1},
        {"rawId": "AA", "response": {}},
        {"rawId": "AA", "id": "AA", "response": []},
    ],
)
async def test_what_no_browser_sends_is_refused_in_words(one, answer) -> None:
    for path in ("/auth/passkey/sign-in", "/auth/passkey/create"):
        await one.ticket(cast.mia)
        asked = (await one.send_json(f"{path}/options")).json()
        said = await one.send_json(path, {"ticket": asked["ticket"], "answer": answer, "name": "x"})
        assert said.status_code == 422
        assert said.text.endswith(".")


@pytest.mark.parametrize(
    ("name", "says"), [("", "Give it a name"), ("  \n", "Give it a name"), ("x" * 61, "60 characters")]
)
async def test_a_name_is_needed(one, name, says) -> None:
    await give_password(cast.mia)
    await one.ticket(cast.mia)
    answer = await add(one, Authenticator(ORIGIN, "localhost"), name)
    assert answer.status_code == 422
    assert says in answer.text


async def test_the_same_device_is_not_added_twice_and_is_told_so(one) -> None:
    device = await made(one)
    asked = (await one.send_json("/auth/passkey/create/options")).json()
    assert [known["id"] for known in asked["options"]["excludeCredentials"]] == [
        device.create(asked["options"])["id"]
    ]
    assert (await add(one, device)).text == "This passkey is known already."


async def test_another_persons_passkey_confirms_nothing(one) -> None:
    device = await made(one, cast.adam)
    await made(one, cast.mia)
    await one.ticket(cast.mia, unconfirmed="yes")
    assert (await use(one, device, "/auth/passkey/confirm")).status_code == 422
    assert (await one.send_json("/auth/codes/renew")).status_code == 403


async def test_it_confirms_that_it_is_oneself(one) -> None:
    device = await made(one)
    await one.ticket(cast.mia, unconfirmed="yes")
    assert (await one.send_json("/auth/codes/renew")).headers["x-confirm-identity"] == "1"
    assert (await one.send_json("/auth/confirm/ways")).json() == {
        "app": False,
        "passkey": True,
        "password": False,
    }
    assert (await use(one, device, "/auth/passkey/confirm")).status_code == 200
    assert (await one.send_json("/auth/codes/renew")).status_code == 200


async def test_at_a_bare_address_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACTFLOW_BASE_URL", "http://127.0.0.1:8080")
    config.settings.cache_clear()
    async with browser() as one:
        await give_password(cast.mia)
        await one.ticket(cast.mia)
        assert (await one.send_json("/auth/passkey/create/options")).status_code == 503
