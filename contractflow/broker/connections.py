"""Connections to Redis, one pool per purpose and process; nothing connects at import, so forks are safe."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from redis import Redis
from redis import asyncio as aio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from contractflow.config import settings

CONNECT_SECONDS = 0.1
ANSWER_SECONDS = 0.15
"""Together the quarter of a second that Redis may cost somebody who waits for a page."""
PATIENT_SECONDS = 0.75
"""The same where an answer that does not come would lose something."""

BLOCK_MS = 5000
"""How long a blocking read waits on the server before it asks again."""

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, aio.Redis]] = WeakKeyDictionary()


def request_redis() -> Redis:
    """For code that somebody waits for: text answers, at most 0.25 s, no retries."""
    return _request_redis(ANSWER_SECONDS, decode=True)


def patient_redis() -> Redis:
    """For the same, where an answer that does not come would lose something: text answers, less than a second."""
    return _request_redis(PATIENT_SECONDS, decode=True)


def queue_redis() -> Redis:
    """The limits of `request_redis` for RQ, which keeps bytes in Redis."""
    return _request_redis(ANSWER_SECONDS, decode=False)


def blocking_redis() -> Redis:
    """A client of its own for a loop that waits on Redis (a worker): bytes, no limit on reading."""
    return Redis.from_url(_url(), socket_connect_timeout=2, health_check_interval=30)


def async_redis() -> aio.Redis:
    """For handlers and draft jobs on the running event loop: text answers within 2 s, no retries."""
    return _async_redis("request", socket_timeout=2)


def async_reader() -> aio.Redis:
    """For the one blocking read of the hub: gives a silent connection up soon after `BLOCK_MS`."""
    return _async_redis("reader", socket_timeout=BLOCK_MS / 1000 + 3)


@cache
def _request_redis(answer_seconds: float, *, decode: bool) -> Redis:
    return Redis.from_url(
        _url(),
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=answer_seconds,
        retry=Retry(NoBackoff(), 0),
        decode_responses=decode,
    )


def _async_redis(purpose: str, **limits: Any) -> aio.Redis:
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    if purpose not in clients:
        clients[purpose] = aio.Redis.from_url(
            _url(),
            socket_connect_timeout=2,
            retry=AsyncRetry(NoBackoff(), 0),
            decode_responses=True,
            **limits,
        )
    return clients[purpose]


def forget_connections() -> None:
    """Close the synchronous pools of this process: when the settings change between tests."""
    for client in (request_redis(), patient_redis(), queue_redis()):
        client.close()
    _request_redis.cache_clear()


async def close_async() -> None:
    """Close what this event loop opened."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.aclose()


def _url() -> str:
    return settings().redis_url.get_secret_value()
