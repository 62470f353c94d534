"""Signing in in two steps, and staying remembered: through the guard and the routes, on real sessions."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest

from contractflow.broker.connections import async_redis
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import TooMany
from contractflow.security.cookies import VISITOR, visitor_id
from contractflow.security.guessing import CodeAttempt, begin_code
from contractflow.security.keyring import keyring
from contractflow.security.sessions import MEMBERS, Verdict
from contractflow.services import factors
from contractflow.services.factors.recovery import renew_recovery_codes
from contractflow.web import flash
from contractflow.web.second_step import HALF, TRUSTED
from tests import cast
from tests.integration.test_gates import ask
from tests.integration.web.at_the_door import (
    SESSION,
    browser,
    code_of,
    enrol,
    give_password,
    wrong_code,
)

pytestmark = pytest.mark.usefixtures("redis", "database")


@pytest.fixture
async def secret() -> str:
    """Mia has an authenticator app, and a password."""
    await give_password(cast.mia)
    return enrol(cast.mia)[0]


async def facts_of(one) -> dict[str, str]:
    verdict, session = await MEMBERS.resolve(one.cookies.get(SESSION))
    assert verdict is Verdict.OK
    return dict(session.facts)


async def test_without_a_second_factor_the_password_is_the_whole_way() -> None:
    await give_password(cast.olivia)
    async with browser() as one:
        answer = await one.sign_in(cast.olivia, next="/invoices")
        assert (answer.status_code, answer.headers["location"]) == (303, "/invoices")
        assert "factor" not in await facts_of(one)


async def test_the_password_alone_opens_nothing(secret: str) -> None:
    async with browser() as one:
        answer = await one.sign_in(cast.mia, next="/invoices")
        assert answer.headers["location"] == "/login/code?by=app"
        assert SESSION not in one.cookies
        assert (await one.send_json("/auth/app/offer")).status_code == 401
        answer = await one.post("/auth/code", {"code": code_of(secret)})
        assert answer.headers["location"] == "/invoices"
        assert (await facts_of(one))["factor"] == "app"
        assert HALF not in one.cookies


async def test_a_code_is_worth_one_sign_in(secret: str) -> None:
    code = code_of(secret)
    async with browser() as first, browser() as second:
        for one in (first, second):
            await one.sign_in(cast.mia)
        assert (await first.post("/auth/code", {"code": code})).headers["location"] == "/home"
        answer = await second.post("/auth/code", {"code": code, "by": "app"})
        assert answer.headers["location"].startswith("/login/code?again=")
        assert SESSION not in second.cookies
        assert (await second.post("/auth/code", {"code": code_of(secret, 1)})).headers["location"] == "/home"


async def test_of_two_with_the_same_code_at_the_same_time_one_comes_in(secret: str) -> None:
    async with browser() as first, browser() as second:
        for one in (first, second):
            await one.sign_in(cast.mia)
        code = code_of(secret)
        await asyncio.gather(*(one.post("/auth/code", {"code": code}) for one in (first, second)))
        assert [SESSION in one.cookies for one in (first, second)].count(True) == 1


async def test_half_a_sign_in_is_good_once_and_in_its_own_browser_only(secret: str) -> None:
    async with browser() as own, browser() as other:
        await own.sign_in(cast.mia)
        other.cookies[HALF] = half = own.cookies[HALF]
        answer = await other.post("/auth/code", {"code": code_of(secret)})
        assert answer.headers["location"].startswith("/login?again=")
        assert (await own.post("/auth/code", {"code": code_of(secret)})).headers["location"] == "/home"
        del own.cookies[SESSION]
        own.cookies[HALF] = half
        answer = await own.post("/auth/code", {"code": code_of(secret, 1)})
        assert answer.headers["location"].startswith("/login?again=")
        assert SESSION not in own.cookies


async def test_the_fifth_wrong_code_ends_it(secret: str) -> None:
    async with browser() as one:
        await one.sign_in(cast.mia)
        for _ in range(4):
            answer = await one.post("/auth/code", {"code": wrong_code(secret)})
            assert answer.headers["location"].startswith("/login/code?again=")
        answer = await one.post("/auth/code", {"code": wrong_code(secret)})
        assert answer.headers["location"].startswith("/login?again=")
        answer = await one.post("/auth/code", {"code": code_of(secret)})
        assert answer.headers["location"].startswith("/login?again=")
        assert SESSION not in one.cookies


async def test_ten_wrong_codes_in_a_quarter_of_an_hour_are_enough_even_with_the_password(secret: str) -> None:
    async with browser() as one:
        for _ in range(10):
            await one.sign_in(cast.mia)
            await one.post("/auth/code", {"code": wrong_code(secret)})
        await one.sign_in(cast.mia)
        answer = await one.post("/auth/code", {"code": code_of(secret)})
        assert answer.headers["location"].startswith("/login/code?again=")
        assert SESSION not in one.cookies


async def test_who_knows_the_password_cannot_lock_its_owner_out(secret: str, database) -> None:
    """Ten wrong codes from elsewhere, then forty from everywhere: the person's own browser has its own tries."""
    async with browser() as own, browser() as eve:
        await own.sign_in(cast.mia)
        assert (await own.post("/auth/code", {"code": code_of(secret)})).headers["location"] == "/home"
        await own.post("/auth/logout")
        for _ in range(11):
            await eve.sign_in(cast.mia)
            refused = await eve.post("/auth/code", {"code": wrong_code(secret)})
        assert "Too many attempts" in str(await said(eve, refused))
        for elsewhere in range(40):
            with suppress(TooMany):
                await begin_code(CodeAttempt(str(cast.mia.user_id), f"203.0.113.{elsewhere}"))
        with pytest.raises(TooMany):  # a ceiling for all that are not hers
            await begin_code(CodeAttempt(str(cast.mia.user_id), "198.51.100.1"))
        await own.sign_in(cast.mia)
        assert (await own.post("/auth/code", {"code": code_of(secret, 1)})).headers["location"] == "/home"


async def test_the_owner_hears_of_wrong_codes_once_an_hour(secret: str, database) -> None:
    async with browser() as eve:
        for _ in range(4):
            await eve.sign_in(cast.mia)
            await eve.post("/auth/code", {"code": wrong_code(secret)})
        assert warnings(database) == (0, 0)
        for _ in range(4):
            await eve.sign_in(cast.mia)
            await eve.post("/auth/code", {"code": wrong_code(secret)})
        assert warnings(database) == (1, 1)
        keys = [key async for key in async_redis().scan_iter("cf:limit:wrong_codes:*")]
        await async_redis().delete(*keys)  # as if they had been typed earlier in this hour
    with unit_of_work(cast.mia) as work:
        factors.warn_of_wrong_codes(work)
    assert warnings(database) == (1, 2)


def warnings(database) -> tuple[int, int]:
    """How many mails and how many lines of the trail."""
    with database.admin() as admin:
        mails = "SELECT count(*) FROM notification WHERE kind = 'wrong_codes' AND recipient = %s"
        lines = "SELECT count(*) FROM audit_event WHERE action = 'factor:wrong_codes' AND actor_id = %s"
        return (
            admin.execute(mails, [cast.email_of(cast.mia)]).fetchone()[0],
            admin.execute(lines, [cast.mia.user_id]).fetchone()[0],
        )


async def said(one, answer) -> dict[str, str]:
    code = answer.headers["location"].partition("again=")[2].partition("&")[0]
    return dict((await flash.recall(visitor_id(keyring(), one.cookies[VISITOR]), code)).errors)


async def test_half_a_sign_in_is_forgotten_after_ten_minutes(secret: str) -> None:
    async with browser() as one:
        await one.sign_in(cast.mia)
        (key,) = [key async for key in async_redis().scan_iter("cf:ticket:half_sign_in:*")]
        assert 0 < await async_redis().ttl(key) <= 600
        assert one.cookies[HALF].split(".")[2] not in key
        await async_redis().delete(key)
        answer = await one.post("/auth/code", {"code": code_of(secret)})
        assert answer.headers["location"].startswith("/login?again=")


async def test_a_recovery_code_stands_in_once_and_its_owner_hears_of_it(secret: str, database) -> None:
    with unit_of_work(cast.mia) as work:
        codes = renew_recovery_codes(work)
    async with browser() as one:
        await one.sign_in(cast.mia)
        typed = codes[3].upper().replace("-", " ")
        assert (await one.post("/auth/code", {"code": typed})).headers["location"] == "/home"
        assert (await facts_of(one))["factor"] == "recovery code"
    async with browser() as one:
        await one.sign_in(cast.mia)
        answer = await one.post("/auth/code", {"code": codes[3]})
        assert answer.headers["location"].startswith("/login/code?again=")
        assert SESSION not in one.cookies
    with database.admin() as admin:
        told = admin.execute("SELECT payload ->> 'what' FROM notification WHERE channel = 'email'").fetchall()
    assert ("A recovery code of your account was used",) in told


async def test_of_two_uses_of_one_recovery_code_at_the_same_time_one_counts(secret: str) -> None:
    with unit_of_work(cast.mia) as work:
        code = renew_recovery_codes(work)[0]
    async with browser() as first, browser() as second:
        for one in (first, second):
            await one.sign_in(cast.mia)
        await asyncio.gather(*(one.post("/auth/code", {"code": code}) for one in (first, second)))
        assert [SESSION in one.cookies for one in (first, second)].count(True) == 1


async def test_a_remembered_browser_needs_only_the_password_and_is_not_confirmed(secret: str) -> None:
    async with browser() as one:
        await one.sign_in(cast.mia)
        await one.post("/auth/code", {"code": code_of(secret), "remember": "on"})
        await one.post("/auth/logout")
        assert (await one.sign_in(cast.mia)).headers["location"] == "/home"
        assert (await facts_of(one))["factor"] == "remembered browser"
        assert (await one.send_json("/auth/codes/renew")).headers["x-confirm-identity"] == "1"


async def test_a_browser_is_remembered_for_one_person(secret: str) -> None:
    await give_password(cast.adam)
    enrol(cast.adam)
    async with browser() as one:
        await one.sign_in(cast.mia)
        await one.post("/auth/code", {"code": code_of(secret), "remember": "on"})
        await one.post("/auth/logout")
        assert (await one.sign_in(cast.adam)).headers["location"] == "/login/code?by=app"


@pytest.mark.parametrize("how", ["forgotten", "new password", "expired", "forged", "factor removed"])
async def test_a_browser_is_remembered_no_longer(secret: str, database, how: str) -> None:
    async with browser() as one:
        await one.sign_in(cast.mia)
        await one.post("/auth/code", {"code": code_of(secret), "remember": "on"})
        await one.post("/auth/logout")
        with unit_of_work(cast.mia) as work:
            (device,) = factors.page(work).devices
            if how == "forgotten":
                factors.forget_device(work, UUID(device.id))
                factors.forget_device(work, UUID(device.id))
            if how == "factor removed":
                factors.remove_totp(work)
        if how == "factor removed":
            enrol(cast.mia)
        if how == "new password":
            ask("gate_change_password", cast.mia.user_id, "another")
            await give_password(cast.mia)
        if how == "expired":
            with database.admin() as admin:
                admin.execute("UPDATE trusted_device SET expires_at = now()")
        if how == "forged":
            one.cookies[TRUSTED] = one.cookies[TRUSTED][:-2] + "AA"
        assert (await one.sign_in(cast.mia)).headers["location"] == "/login/code?by=app"


async def test_nobody_forgets_another_persons_browser(secret: str) -> None:
    async with browser() as one:
        await one.sign_in(cast.mia)
        await one.post("/auth/code", {"code": code_of(secret), "remember": "on"})
    with unit_of_work(cast.mia) as work:
        (device,) = factors.page(work).devices
    for other in (cast.olivia, cast.rita):
        with unit_of_work(other) as work:
            factors.forget_device(work, UUID(device.id))
            assert factors.page(work).devices == []
    with unit_of_work(cast.mia) as work:
        assert len(factors.page(work).devices) == 1
