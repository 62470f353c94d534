"""A vendor that is down is asked by one draft at a time, however many would like to."""

from __future__ import annotations

import asyncio

import pytest

from contractflow.broker.breaker import COOL_DOWN, FAILURES, LONGEST, Breaker, states

pytestmark = pytest.mark.usefixtures("redis_url")
KEY = "cf:breaker:gemini"


async def cooled_down(redis) -> None:
    await redis.hset(KEY, "open_until", int((await redis.time())[0]) - 1)


async def asked(breakers: list[Breaker]) -> int:
    """How many of them may ask when all want to at once."""
    return sum(await asyncio.gather(*(breaker.allows("gemini") for breaker in breakers)))


async def test_it_opens_after_the_fifth_failure_and_admits_one_probe_of_many(redis):
    breakers = [Breaker(redis) for _ in range(50)]
    for _ in range(FAILURES - 1):
        await breakers[0].failed("gemini")
    assert await asked(breakers) == 50
    await breakers[0].failed("gemini")
    assert await asked(breakers) == 0
    assert states(["gemini"])[0].is_open
    await cooled_down(redis)
    assert await asked(breakers) == 1
    assert await asked(breakers) == 0, "the probe is under way"


async def test_a_failed_probe_waits_twice_as_long_and_a_good_one_closes_it(redis):
    breaker = Breaker(redis)
    for _ in range(FAILURES):
        await breaker.failed("gemini")
    waits = [states(["gemini"])[0].seconds]
    for _ in range(8):
        await cooled_down(redis)
        assert await breaker.allows("gemini")
        await breaker.failed("gemini")
        waits.append(states(["gemini"])[0].seconds)
    assert waits[0] == pytest.approx(COOL_DOWN, abs=1)
    assert waits[1] == pytest.approx(2 * COOL_DOWN, abs=1)
    assert waits[-1] == pytest.approx(LONGEST, abs=1)
    await cooled_down(redis)
    assert await breaker.allows("gemini")
    await breaker.succeeded("gemini")
    assert await asked([breaker] * 10) == 10
    assert not states(["gemini"])[0].is_open


async def test_a_probe_that_never_comes_back_is_followed_by_another(redis):
    breaker = Breaker(redis)
    await breaker.failed("gemini", is_hopeless=True)
    await cooled_down(redis)
    assert await asked([breaker] * 5) == 1
    await cooled_down(redis)  # its worker was killed, and its time is over
    assert await asked([breaker] * 5) == 1
