"""Signs of life: a worker says every few seconds that it is there, and /api/health/ready believes it for a while."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError

from contractflow.broker.connections import async_redis, request_redis

log = logging.getLogger(__name__)

BEAT_SECONDS = 5
ALIVE_SECONDS = 15
"""Two beats may get lost before a worker counts as gone."""


def beat(kind: str) -> None:
    """A worker of this kind ("drafts", "general", "scheduler") is alive. Never raises: work goes on without Redis."""
    try:
        request_redis().set(_key(kind), "1", ex=ALIVE_SECONDS)
    except (RedisError, OSError) as problem:
        log.warning("could not say that %s is alive: %s", kind, problem)


async def beat_async(kind: str) -> None:
    """The same for a worker on an event loop."""
    try:
        await async_redis().set(_key(kind), "1", ex=ALIVE_SECONDS)
    except (RedisError, OSError) as problem:
        log.warning("could not say that %s is alive: %s", kind, problem)


async def alive(kind: str) -> bool:
    """Whether a worker of this kind said so in the last `ALIVE_SECONDS`; raises RedisError when Redis is away."""
    return bool(await async_redis().exists(_key(kind)))


def _key(kind: str) -> str:
    return f"cf:beat:{kind}"
