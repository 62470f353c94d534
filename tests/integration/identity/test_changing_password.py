"""Another password: the present one is asked for, the other devices are signed out if wished, and the mailbox is told."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Visitor
from contractflow.security.passwords import hash_password, needs_rehash
from contractflow.security.sessions import MEMBERS
from contractflow.services.identity import signing_in
from contractflow.web import later
from tests import cast
from tests.conftest import Database
from tests.integration.identity.browsing import Browser, is_signed_out, mailed_token, mails, trail

pytestmark = pytest.mark.usefixtures("redis", "database")
MIA = cast.email_of(cast.mia)
OLD, NEW = "four quiet green hills", "seven loud red rivers"


def store(hashed: str) -> None:
    with unit_of_work(Visitor()) as work:
        signing_in.change_password(work, cast.mia.user_id, hashed)


@pytest.fixture
async def mia(database: Database) -> Browser:
    store(await hash_password(OLD))
    browser = Browser()
    await browser.sign_in(MIA, OLD)
    return browser


async def change(browser: Browser, present: str = OLD, password: str = NEW, **more: str):
    return await browser.post("/auth/password", present_password=present, password=password, **more)


async def test_this_browser_stays_and_the_others_leave(mia: Browser, database: Database) -> None:
    phone = Browser()
    await phone.sign_in(MIA, OLD)
    before = mia.cookies[MEMBERS.kind.cookie]
    answer = await change(mia, end_others="on")
    assert answer.headers["location"] == "/settings/security?done=password"
    assert await mia.who() == cast.mia.user_id
    assert mia.cookies[MEMBERS.kind.cookie] != before
    assert (await MEMBERS.resolve(before))[1] is None
    assert await is_signed_out(phone)
    assert (await phone.sign_in(MIA, OLD)).headers["location"].startswith("/login?again=")
    assert (await phone.sign_in(MIA, NEW)).headers["location"] == "/home"
    assert mails(database, MIA, "password_changed")[0]["how"] == "in your settings"
    assert "user:change_password" in trail(database)


async def test_the_others_stay_when_that_is_wished(mia: Browser) -> None:
    phone = Browser()
    await phone.sign_in(MIA, OLD)
    await change(mia)
    assert await phone.who() == cast.mia.user_id


async def test_an_open_reset_link_dies(mia: Browser, database: Database) -> None:
    await Browser().post("/auth/forgot", email=MIA)
    await later.settled()
    token = await mailed_token(database, MIA, "reset_password")
    await change(mia)
    stranger = Browser()
    refused = await stranger.post("/auth/reset", token=token, password="nine slow blue clouds")
    assert (await stranger.errors(refused)).keys() == {"form"}


@pytest.mark.parametrize(
    ("present", "password", "field"),
    [("wrong password!", NEW, "present_password"), ("", NEW, "present_password"), (OLD, OLD, "password"),
     (OLD, "short", "password"), (OLD, "x" * 129, "password"), (OLD, "Mia Member 123", "password"),
     (OLD, "northlight.test", "password"), (OLD, "iloveyouforever", "password")],
)  # fmt: skip
async def test_what_is_refused_is_said_beside_its_field(mia: Browser, present, password, field) -> None:
    answer = await change(mia, present, password)
    assert (await mia.errors(answer)).keys() == {field}
    assert await mia.kept(answer) == {}
    assert (await Browser().sign_in(MIA, OLD)).headers["location"] == "/home"


async def test_a_stranger_changes_nothing_and_a_stolen_session_cannot_guess_for_ever(mia: Browser) -> None:
    stranger = Browser()
    assert (await stranger.errors(await change(stranger))).keys() == {"form"}
    for _ in range(10):
        await change(mia, "wrong password!")
    answer = await change(mia)
    assert "Too many attempts" in (await mia.errors(answer))["form"]
    other = Browser()
    await other.sign_in(MIA, OLD)
    assert "done=password" in (await change(other)).headers["location"]


async def test_a_hash_of_weaker_settings_is_renewed_when_somebody_signs_in(database: Database) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(OLD)
    store(weak)
    await Browser().sign_in(MIA, "wrong password!")
    with unit_of_work(Visitor()) as work:
        assert signing_in.password_of(work, cast.mia.user_id) == weak
    assert (await Browser().sign_in(MIA, OLD)).headers["location"] == "/home"
    with unit_of_work(Visitor()) as work:
        stored = signing_in.password_of(work, cast.mia.user_id)
    assert stored
    assert stored != weak
    assert not needs_rehash(stored)
    assert (await Browser().sign_in(MIA, OLD)).headers["location"] == "/home"
