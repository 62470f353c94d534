"""From one organisation to another over the network: a session takes another one's place, and old tabs are told."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from contractflow.broker import connections
from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Role, Visitor
from contractflow.security.sessions import MEMBERS
from contractflow.services import accounts, members, sessions
from contractflow.services.links import invite_token
from contractflow.state.frame import FrameState
from tests import builders, cast
from tests.integration.journey import as_
from tests.integration.web.test_door import Browser, heard
from tests.integration.web.test_revocation import product, sign_in

__all__ = ["product"]

COOKIE = MEMBERS.kind.cookie
LOAD = f"{FrameState.get_full_name()}.load"
pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture
async def mia(product):
    """Mia in her browser, a member of Northlight and a viewer of Redshift."""
    as_(cast.redshift, builders.a_member, cast.mia.user_id, Role.VIEWER)
    async with Browser(product) as browser:
        await sign_in(browser, cast.mia)
        yield browser
    await connections.close_async()


async def switch(browser: Browser, org_id: UUID, onward: str = ""):
    return await browser.post("/auth/switch", {"org": str(org_id), "next": onward})


async def session_of(browser: Browser):
    _, session = await MEMBERS.resolve(browser.cookies[COOKIE])
    return session


def is_ended(family: str) -> bool:
    with unit_of_work(Visitor()) as work:
        return UUID(family) in sessions.ended_among(work, [UUID(family)])


async def test_a_new_session_goes_on_where_one_belongs_as_well(mia: Browser) -> None:
    before, old = await session_of(mia), mia.cookies[COOKIE]
    answer = await switch(mia, cast.REDSHIFT, "/clients")
    assert (answer.status_code, answer.headers["location"]) == (303, "/clients")
    after = await session_of(mia)
    assert after.facts["org"] == str(cast.REDSHIFT)
    assert (after.who, after.family == before.family, mia.cookies[COOKIE] == old) == (
        before.who,
        False,
        False,
    )
    assert is_ended(before.family)
    assert not is_ended(after.family)


async def test_it_lives_no_longer_for_having_switched(mia: Browser) -> None:
    redis = connections.async_redis()
    before = await session_of(mia)
    await redis.hincrby(f"cf:family:{before.family}", "ends", -3600)
    ends = await redis.hget(f"cf:family:{before.family}", "ends")
    await switch(mia, cast.REDSHIFT)
    after = await session_of(mia)
    assert await redis.hget(f"cf:family:{after.family}", "ends") == ends


@pytest.mark.parametrize("org", ["", "x", "01a20000-0000-7000-8000-000000000000"])
async def test_nobody_goes_where_they_do_not_belong(mia: Browser, org: str) -> None:
    before = mia.cookies[COOKIE]
    assert (await mia.post("/auth/switch", {"org": org})).status_code == 404
    assert mia.cookies[COOKIE] == before
    as_(cast.rita, members.suspend, place_in_redshift())
    assert (await switch(mia, cast.REDSHIFT)).status_code == 404
    assert (await session_of(mia)).facts["org"] == str(cast.NORTHLIGHT)


def place_in_redshift() -> UUID:
    return as_(cast.redshift, accounts.membership, cast.mia.user_id, cast.REDSHIFT).membership_id


async def test_without_a_session_there_is_nothing_to_switch(product: str) -> None:
    async with Browser(product) as stranger:
        await stranger.get("/")
        for path in ("/auth/switch", "/auth/organisations"):
            answer = await stranger.post(path, {"org": str(cast.REDSHIFT), "agency": "Southpaw"})
            assert (answer.status_code, answer.text) == (401, "Please sign in again.")
            assert COOKIE not in stranger.cookies


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", ""])
async def test_nobody_is_led_elsewhere_by_switching(mia: Browser, onward: str) -> None:
    assert (await switch(mia, cast.REDSHIFT, onward)).headers["location"] == "/home"


async def test_an_open_tab_of_the_old_organisation_is_refused_at_once_and_told(mia: Browser) -> None:
    async with mia.socket("switch-1") as tab:
        assert await heard(tab, "is_hydrated")
        old = dict(mia.cookies)
        begun = asyncio.get_running_loop().time()
        await switch(mia, cast.REDSHIFT)
        tab.heard.clear()
        await tab.emit("event", {"name": LOAD, "payload": {}, "router_data": {"asPath": "/home", "pathname": "/home", "query": {}}}, namespace="/_event")  # fmt: skip
        assert await heard(tab, "/login?reason=ended")
        assert "Northlight" not in str(tab.heard)
        async with asyncio.timeout_at(begun + 3):
            await tab.is_cut.wait()
    # The browser follows with its new cookie: it is signed in, and reads why this tab changed.
    assert (await mia.get("/login?reason=ended")).headers["location"] == "/home?moved=1"
    assert (await mia.get("/login?reason=ended&next=/documents/x")).headers["location"] == "/documents/x"
    assert (await mia.get("/login?next=//evil.example")).headers["location"] == "/home"
    mia.cookies = old
    assert (await mia.get("/home")).headers["location"].startswith("/login")


async def test_a_new_organisation_is_entered_as_its_owner(mia: Browser) -> None:
    answer = await mia.post("/auth/organisations", {"agency": "Southpaw"})
    assert answer.headers["location"] == "/home"
    session = await session_of(mia)
    place = as_(cast.redshift, accounts.membership, cast.mia.user_id, UUID(session.facts["org"]))
    assert (place.org_name, place.role) == ("Southpaw", Role.OWNER)
    refused = await mia.post("/auth/organisations", {"agency": " "})
    assert refused.headers["location"].startswith("/organisations?again=")
    assert (await session_of(mia)).family == session.family


async def test_an_invitation_is_accepted_with_a_click_by_who_is_signed_in(product: str) -> None:
    token = invite_token(as_(cast.rita, members.invite, "victor@northlight.test", "member"))
    async with Browser(product) as victor, Browser(product) as stranger:
        await sign_in(victor, cast.victor)
        await stranger.get("/")
        answer = await stranger.post(
            "/auth/join", {"token": token, "name": "V", "password": "four quiet green hills"}
        )
        assert answer.headers["location"].startswith("/invite/")  # has to sign in first
        answer = await victor.post("/auth/join", {"token": token})
        assert answer.headers["location"] == "/home"
        assert (await session_of(victor)).facts["org"] == str(cast.REDSHIFT)
        again = await victor.post("/auth/join", {"token": token})
        assert again.headers["location"].startswith("/invite/")
    place = as_(cast.redshift, accounts.membership, cast.victor.user_id, cast.REDSHIFT)
    assert place.role is Role.MEMBER
    await connections.close_async()


async def test_an_invitation_for_another_address_is_not_accepted(mia: Browser) -> None:
    token = invite_token(as_(cast.rita, members.invite, "victor@northlight.test", "member"))
    before = mia.cookies[COOKIE]
    answer = await mia.post("/auth/join", {"token": token})
    assert answer.headers["location"].startswith("/invite/")
    assert mia.cookies[COOKIE] == before
    assert as_(cast.redshift, accounts.membership, cast.victor.user_id, cast.REDSHIFT) is None
