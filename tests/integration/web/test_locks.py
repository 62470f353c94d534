"""An event that is cut off leaves its page usable: nobody waits ten seconds for a lock that no one holds."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State

from contractflow.broker.connections import async_redis
from contractflow.web import locks

pytestmark = pytest.mark.usefixtures("redis_url")


@pytest.fixture
async def manager(redis_url):
    from redis.asyncio import Redis

    made = StateManagerRedis(redis=Redis.from_url(redis_url))
    yield made
    await made.close()


async def use(manager, token) -> None:
    async with manager._lock(token):
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(3))
async def test_whenever_an_event_is_cut_off_its_lock_is_free_again(manager, seed):
    locks.install()
    chance, left = random.Random(seed), []
    for number in range(150):
        token = BaseStateToken(ident=f"tab-{seed}-{number}", cls=State)
        event = asyncio.create_task(use(manager, token))
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
        event.cancel()
        with suppress(asyncio.CancelledError):
            await event
    await locks.settled()
    left = [key async for key in async_redis().scan_iter("*_lock")]
    assert left == []


async def test_the_lock_of_somebody_else_stays(manager):
    locks.install()
    token = BaseStateToken(ident="tab", cls=State)
    async with manager._lock(token):
        waiting = asyncio.create_task(use(manager, token))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await locks.settled()
        assert [key async for key in async_redis().scan_iter("*_lock")]


@pytest.mark.parametrize("seed", range(8))
async def test_whoever_stands_behind_a_cut_off_event_is_not_forgotten(manager, seed):
    locks.install()
    chance = random.Random(seed)
    for number in range(80):
        token = BaseStateToken(ident=f"tab-{seed}-{number}", cls=State)
        first, cut_off = (asyncio.create_task(use(manager, token)) for _ in range(2))
        for _ in range(chance.randrange(8)):
            await asyncio.sleep(0)
        last = asyncio.create_task(use(manager, token))
        for _ in range(chance.randrange(6)):
            await asyncio.sleep(0)
        cut_off.cancel()
        async with asyncio.timeout(3):
            await asyncio.gather(first, cut_off, last, return_exceptions=True)
