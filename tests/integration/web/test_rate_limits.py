"""Limits are exact, also under a stampede and with clocks that are wrong, charge all or nothing, and hold at every door."""

import asyncio
import sys

import httpx
import pytest
from starlette.routing import Route

from contractflow.api import api, routes
from contractflow.broker import connections
from contractflow.errors import TooMany, Unavailable
from contractflow.ops.serving import ROOT
from contractflow.security import limited_verbs, rate_limits
from contractflow.security.cookies import VISITOR, new_visitor
from contractflow.security.keyring import keyring
from contractflow.security.limited_verbs import PASS, REFUSE, VERBS, Row, Whom, charge
from contractflow.security.rate_limits import Limit, forgive, hit
from contractflow.security.sessions import MEMBERS
from contractflow.web.limiting import route_verb
from tests import cast
from tests.integration.web.test_policy import Tab, member_tab

pytestmark = pytest.mark.usefixtures("redis")

THREE = Limit("three", 3, 60)
FIFTY = Limit("fifty", 50, 60)


async def test_the_fourth_of_three_is_refused_with_the_time_to_wait() -> None:
    for _ in range(3):
        await hit(THREE.of("Ann@example.com"))
    with pytest.raises(TooMany) as refused:
        await hit(THREE.of("ann@example.com"))
    assert 55 <= refused.value.retry_after <= 60
    assert "Try again in" in refused.value.message
    await hit(THREE.of("bob@example.com"))


async def test_of_two_hundred_at_once_exactly_fifty_pass() -> None:
    # Redis's clock stands still within a tick: with the time alone as member, 122 of 200 passed.
    answers = await asyncio.gather(*(hit(FIFTY.of("x")) for _ in range(200)), return_exceptions=True)
    assert sum(answer is None for answer in answers) == 50
    assert all(answer is None or isinstance(answer, TooMany | Unavailable) for answer in answers)


async def test_when_one_limit_refuses_none_is_charged() -> None:
    for _ in range(3):
        await hit(THREE.of("account"))
    with pytest.raises(TooMany):
        await hit(FIFTY.of("address"), THREE.of("account"))
    assert not await connections.async_redis().exists(FIFTY.of("address").key)


async def test_what_is_forgiven_starts_anew() -> None:
    for _ in range(3):
        await hit(THREE.of("account"))
    await forgive(THREE.of("Account"))
    await hit(THREE.of("account"))


async def test_the_window_slides() -> None:
    brief = Limit("brief", 2, 1)
    await hit(brief.of("x"))
    await asyncio.sleep(0.6)
    await hit(brief.of("x"))
    await asyncio.sleep(0.6)
    await hit(brief.of("x"))
    with pytest.raises(TooMany):
        await hit(brief.of("x"))


async def test_nobody_slips_through_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(rate_limits, "async_redis", gone)
    with pytest.raises(Unavailable):
        await hit(THREE.of("x"))


# Another process, whose clock is wrong by so many seconds, tries so often.
STAMPEDE = """
import asyncio, sys, time
skew, tries = float(sys.argv[1]), int(sys.argv[2])
for name in ("time", "monotonic", "time_ns"):
    right = getattr(time, name)
    setattr(time, name, (lambda right, by: lambda: right() + by)(right, skew * (10**9 if name == "time_ns" else 1)))
from contractflow.errors import TooMany
from contractflow.security.rate_limits import Limit, hit
async def main():
    answers = await asyncio.gather(*(hit(Limit("forty", 40, 60).of("x")) for _ in range(tries)), return_exceptions=True)
    print(sum(answer is None for answer in answers))
asyncio.run(main())
"""


async def test_of_ten_times_as_many_exactly_the_limit_passes_whatever_the_clocks_say(redis_url: str) -> None:
    """Four web processes at once: one is right, one five minutes late, one an hour, one a year early."""
    runs = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", STAMPEDE, str(skew), "100", cwd=ROOT, stdout=asyncio.subprocess.PIPE,
            env={"CONTRACTFLOW_REDIS_URL": redis_url},
        )
        for skew in (0, -300, 3600, 365 * 86400)
    ]  # fmt: skip
    said = [(await run.communicate())[0].split() for run in runs]
    assert sum(int(passed) for (passed,) in said) == 40


async def test_a_window_opens_again_by_the_servers_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    brief = Limit("brief", 1, 1)
    await hit(brief.of("x"))
    monkeypatch.setattr("time.time", lambda: 4e9)
    with pytest.raises(TooMany):
        await hit(brief.of("x"))
    monkeypatch.undo()
    await asyncio.sleep(1.05)
    await hit(brief.of("x"))


async def test_account_address_and_organisation_are_charged_together(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row(address=(9, 60), person=(2, 60), org=(3, 60))
    ann, bob = Whom("192.0.2.1", "b", "ann", "org"), Whom("192.0.2.1", "b", "bob", "org")
    for who in (ann, ann, bob):
        await charge("verb", row, who)
    for who in (ann, bob):  # ann by herself, bob by his organisation
        with pytest.raises(TooMany):
            await charge("verb", row, who)
    await charge("verb", row, Whom("192.0.2.1", "b", "cy", "another"))


async def test_what_happens_without_redis_says_the_row(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    def gone() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(rate_limits, "async_redis", gone)
    with pytest.raises(Unavailable):
        await charge("verb", Row(address=(9, 60), without=REFUSE), Whom())
    await charge("verb", Row(address=(9, 60), without=PASS), Whom())
    assert "verb goes on without a limit" in caplog.text


def _charged_at_the_door() -> list[Route]:
    return [
        route for route in routes()
        if isinstance(route, Route) and not VERBS[route_verb(_method(route), route.path)].own and "health" not in route.path
    ]  # fmt: skip


def _method(route: Route) -> str:
    return "POST" if "POST" in (route.methods or ()) else "GET"


@pytest.mark.parametrize("route", _charged_at_the_door(), ids=lambda route: route.path)
async def test_every_route_says_when_to_come_back(route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    verb = route_verb(_method(route), route.path)
    monkeypatch.setitem(limited_verbs.VERBS, verb, Row(address=(1, 60)))
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}:uuid}}", str(cast.NORTHLIGHT)).replace(f"{{{name}}}", "x")
    cookie = f"{VISITOR}={new_visitor(keyring())}"
    transport = httpx.ASGITransport(app=api(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for _ in range(2):
            answer = await client.request(_method(route), path, headers={"cookie": cookie})
    assert answer.status_code == 429
    assert 55 <= int(answer.headers["retry-after"]) <= 60
    assert "Try again in" in answer.text


@pytest.mark.usefixtures("database")
async def test_a_person_over_the_limit_reads_when_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limited_verbs.VERBS, "DeskState.introduce", Row(person=(1, 60)))
    tab, other = await member_tab(cast.olivia), await member_tab(cast.adam)
    assert (await tab.send("introduce"))[1] == []
    ((how, words),) = (await tab.send("introduce"))[1]
    assert how == "toast"
    assert words.startswith("Too many attempts. Try again in ")
    assert (await other.send("introduce"))[1] == []


@pytest.mark.usefixtures("database")
async def test_a_forgotten_public_verb_is_limited_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contractflow.web.limiting.UNKNOWN", Row(address=(1, 60)))
    tab = Tab()
    assert await tab.send("greet") == ("hello", [])
    assert "Too many attempts" in str((await tab.send("greet"))[1])


async def test_a_session_is_charged_whoever_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A route that counts by person reads it from the session, not from what the request says of itself."""
    verb = "GET /portal/invoices/{invoice_id:uuid}/checkout/{payment_id:uuid}"
    monkeypatch.setitem(limited_verbs.VERBS, verb, Row(person=(1, 60)))
    path = f"/portal/invoices/{cast.NORTHLIGHT}/checkout/{cast.NORTHLIGHT}"
    transport = httpx.ASGITransport(app=api(), raise_app_exceptions=False)
    statuses = []
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for person in (cast.olivia, cast.olivia, cast.rita):
            cookie, _ = await MEMBERS.begin(str(person.user_id), {"org": str(person.org_id)})
            answer = await client.get(path, headers={"cookie": f"{MEMBERS.kind.cookie}={cookie}"})
            statuses.append(answer.status_code)
    assert statuses == [401, 429, 401]
