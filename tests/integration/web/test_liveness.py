"""A tab that comes back from a crashed process keeps its state; one that is open twice still gets two."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from redis.asyncio import Redis
from reflex.utils.token_manager import RedisTokenManager

from contractflow.web import liveness

TOKEN = "7d8a2c1e-0000-4000-8000-000000000001"


@pytest.fixture
async def processes(redis_url: str, monkeypatch: pytest.MonkeyPatch):
    """Two web processes that know of each other only through Redis, and the end of the first."""
    monkeypatch.setattr(RedisTokenManager, "_ensure_socket_record_task", lambda _: None)
    first, second = (RedisTokenManager(Redis.from_url(redis_url)) for _ in range(2))
    alive = [asyncio.create_task(liveness.stay_known(_app(manager))) for manager in (first, second)]
    while await second.redis.pubsub_numsub(liveness._channel(first.instance_id)) != [
        (liveness._channel(first.instance_id).encode(), 1)
    ]:
        await asyncio.sleep(0.01)

    async def crash() -> None:
        alive[0].cancel()
        await asyncio.gather(alive[0], return_exceptions=True)

    yield first, second, crash
    for task in alive:
        task.cancel()
    await asyncio.gather(*alive, return_exceptions=True)
    for manager in (first, second):
        await manager.redis.aclose()


async def test_a_token_that_is_open_elsewhere_is_replaced(processes) -> None:
    first, second, _ = processes
    assert await liveness.link_token_to_sid(first, TOKEN, "socket-1") is None
    assert await liveness.link_token_to_sid(second, TOKEN, "socket-2") not in (None, TOKEN)


async def test_a_token_of_a_dead_process_is_taken_over(processes) -> None:
    first, second, crash = processes
    await liveness.link_token_to_sid(first, TOKEN, "socket-1")
    await crash()
    assert await liveness.link_token_to_sid(second, TOKEN, "socket-2") is None


def _app(manager: RedisTokenManager) -> SimpleNamespace:
    return SimpleNamespace(event_namespace=SimpleNamespace(_token_manager=manager))
