"""Wrong passwords use up the tries of who types them, and nobody else's; after a few, a person has to show they are one."""

from __future__ import annotations

import asyncio

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.models.columns import uuid7
from contractflow.permissions import Visitor
from contractflow.security.devices import COOKIE, Device
from contractflow.security.passwords import hash_password
from contractflow.services.identity import signing_in
from tests import cast
from tests.conftest import Database
from tests.integration.identity.browsing import PASSWORD, Browser

pytestmark = pytest.mark.usefixtures("redis", "database")
MIA = cast.email_of(cast.mia)
WRONG = "wrong password!"


@pytest.fixture(autouse=True)
async def _with_a_password(database: Database) -> None:
    hashed = await hash_password(PASSWORD)
    with unit_of_work(Visitor()) as work:
        signing_in.change_password(work, cast.mia.user_id, hashed)


async def wrong(browser: Browser, times: int, email: str = MIA) -> list[str]:
    answers = [await browser.sign_in(email, WRONG) for _ in range(times)]
    return [(await browser.errors(answer))["form"] for answer in answers]


async def is_in(browser: Browser) -> bool:
    return (await browser.sign_in(MIA)).headers["location"] == "/home"


async def test_ten_wrong_ones_are_enough_also_with_the_right_one_after_them() -> None:
    eve = Browser()
    said = await wrong(eve, 11)
    assert all("do not belong together" in words for words in said[:10])
    assert "Too many attempts" in said[10]
    assert not await is_in(eve)


async def test_nobody_else_is_locked_out_by_them() -> None:
    """Not the person at home, not on a new device elsewhere, not even behind the attacker's own address where they have
    signed in before."""
    at_home, behind_the_same, eve = Browser(), Browser("192.0.2.99"), Browser("192.0.2.99")
    assert await is_in(at_home)
    assert await is_in(behind_the_same)
    for number in range(30):
        await wrong(Browser(f"203.0.113.{number}"), 2)
    assert "Too many attempts" in (await wrong(eve, 12))[-1]
    assert await is_in(at_home)
    assert await is_in(behind_the_same)
    assert await is_in(Browser())


async def test_of_many_at_once_exactly_ten_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    eve = Browser()
    await eve.get()
    answers = await asyncio.gather(*(eve.sign_in(MIA, WRONG) for _ in range(40)))
    said = [(await eve.errors(answer))["form"] for answer in answers]
    assert sum("do not belong together" in words for words in said) == 10
    assert sum("Too many attempts" in words for words in said) == 30


async def test_a_right_one_starts_anew() -> None:
    mia = Browser()
    for _ in range(3):
        await wrong(mia, 5)
        assert await is_in(mia)


async def test_an_address_without_an_account_is_counted_like_any_other() -> None:
    one, other = Browser(), Browser()
    assert await wrong(one, 12) == await wrong(other, 12, "nobody@northlight.test")


async def test_a_neighbour_in_the_same_ipv6_network_is_the_same_subscriber() -> None:
    for number in range(10):
        await wrong(Browser(f"2001:db8:1:2::{number}"), 1)
    assert "Too many attempts" in (await wrong(Browser("2001:db8:1:2:ffff::1"), 1))[0]
    assert "do not belong together" in (await wrong(Browser("2001:db8:1:3::1"), 1))[0]


async def test_a_browser_knows_only_who_has_signed_in_there() -> None:
    mia, eve = Browser(), Browser()
    await is_in(mia)
    assert Device.of(mia.cookies[COOKIE]).people == (cast.mia.user_id,)
    body = mia.cookies[COOKIE].split(".")
    for forged in (
        "",
        "x",
        ".".join([*body[:2], body[2][::-1], body[3]]),
        f"v1.k1.x~{cast.mia.user_id.hex}.mac",
    ):
        eve.cookies[COOKIE] = forged
        assert Device.of(forged) == Device()
    await wrong(eve, 10)
    assert not await is_in(eve)


async def test_a_browser_remembers_the_last_five() -> None:
    device = Device()
    people = [uuid7() for _ in range(7)]
    for person in people:
        device = device.after(person)
    assert device.people == tuple(reversed(people))[:5]
    assert device.after(people[4]).people[0] == people[4]
    assert len(device.after(people[4]).people) == 5
    assert Device.of(device.set_cookie.partition("=")[2].partition(";")[0]) == device
