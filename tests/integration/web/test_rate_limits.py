"""Limits are exact, also under a stampede, and charge all or nothing."""

import asyncio

import pytest

from contractflow.broker import connections
from contractflow.errors import TooMany, Unavailable
from contractflow.security import rate_limits
from contractflow.security.rate_limits import Limit, forgive, hit

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
    assert sum(isinstance(answer, TooMany) for answer in answers) == 150


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
