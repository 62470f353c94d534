"""A circuit breaker per AI provider, shared by all workers: a vendor that is down is asked once in a while.

closed → open after `FAILURES` within `WINDOW` seconds (or at once, when asking again is pointless)
→ one probe per cool-down → closed again when the probe succeeds. The cool-down doubles up to `LONGEST`.
When Redis does not answer, the breaker counts as closed: better ask a vendor in vain than not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from redis import asyncio as aio
from redis.exceptions import RedisError

from contractflow.broker.connections import request_redis

log = logging.getLogger(__name__)

FAILURES = 5
WINDOW = 60
COOL_DOWN = 15
LONGEST = 600
PROBE_SECONDS = 20
"""For so long nobody else tries while one probe is under way."""

_ALLOW = """
local open_until = tonumber(redis.call('HGET', KEYS[1], 'open_until') or '0')
if open_until == 0 then return 1 end
local now = tonumber(redis.call('TIME')[1])
if now < open_until then return 0 end
redis.call('HSET', KEYS[1], 'open_until', now + tonumber(ARGV[1]))
return 1
"""

# ARGV failures that open it, window, first cool-down, longest, weight of this failure, wished cool-down or 0
_FAILED = """
local now = tonumber(redis.call('TIME')[1])
if now - tonumber(redis.call('HGET', KEYS[1], 'since') or '0') > tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'since', now, 'failures', 0)
end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', ARGV[5])
redis.call('EXPIRE', KEYS[1], 86400)
if failures < tonumber(ARGV[1]) and redis.call('HEXISTS', KEYS[1], 'open_until') == 0 then return 0 end
local cool = tonumber(redis.call('HGET', KEYS[1], 'cool_down') or ARGV[3])
local wish = tonumber(ARGV[6])
redis.call('HSET', KEYS[1], 'open_until', now + math.max(cool, wish), 'cool_down', math.min(cool * 2, tonumber(ARGV[4])))
return 1
"""


@dataclass(frozen=True)
class BreakerState:
    """What the admin's page shows."""

    provider: str
    is_open: bool
    failures: int
    seconds: int
    """Until it is asked again; 0 when the next draft asks."""


class Breaker:
    def __init__(self, redis: aio.Redis) -> None:
        self._redis = redis
        self._allow = redis.register_script(_ALLOW)
        self._failed = redis.register_script(_FAILED)

    async def allows(self, provider: str) -> bool:
        try:
            return bool(await self._allow(keys=[_key(provider)], args=[PROBE_SECONDS]))
        except (RedisError, OSError) as problem:
            log.warning("breaker unknown, asking %s: %s", provider, problem)
            return True

    async def succeeded(self, provider: str) -> None:
        try:
            await self._redis.delete(_key(provider))
        except (RedisError, OSError) as problem:
            log.warning("breaker of %s not closed: %s", provider, problem)

    async def failed(self, provider: str, *, is_hopeless: bool = False, retry_after: float = 0) -> None:
        """Count a failure; `is_hopeless` (a wrong key, no quota left) opens it at once and for the longest time."""
        weight, wish = (FAILURES, LONGEST) if is_hopeless else (1, int(min(retry_after, LONGEST)))
        try:
            await self._failed(
                keys=[_key(provider)], args=[FAILURES, WINDOW, COOL_DOWN, LONGEST, weight, wish]
            )
        except (RedisError, OSError) as problem:
            log.warning("failure of %s not counted: %s", provider, problem)


def states(providers: Sequence[str]) -> list[BreakerState]:
    """How every provider's breaker stands. Raises RedisError when Redis is away."""
    redis = request_redis()
    now: int = redis.time()[0]  # type: ignore[index]
    found = []
    for provider in providers:
        facts: dict[str, str] = redis.hgetall(_key(provider))  # type: ignore[assignment]
        left = max(0, int(facts.get("open_until", 0)) - now)
        found.append(BreakerState(provider, "open_until" in facts, int(facts.get("failures", 0)), left))
    return found


def _key(provider: str) -> str:
    return f"cf:breaker:{provider}"
