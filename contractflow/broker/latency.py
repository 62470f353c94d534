"""How long requests and events took, of all web processes together: each adds what it saw to Redis every few seconds.

Only kinds, names of ours and counts: no address, no id, nobody. `contractflow metrics` tells Prometheus.
"""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_left
from collections import Counter
from typing import Final, Literal

from redis.exceptions import RedisError

from contractflow.broker.connections import async_redis, request_redis

log = logging.getLogger(__name__)

Kind = Literal["request", "event"]

EDGES: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper edges of the buckets, in seconds; the last bucket has none."""
TELL_SECONDS: Final = 5.0
_KEY: Final = "cf:latency"
_SUM: Final = "us"

_seen: Counter[str] = Counter()
"""By field of the hash: how many since they were told, or microseconds."""


def saw(kind: Kind, name: str, seconds: float) -> None:
    _seen[f"{kind} {bisect_left(EDGES, seconds)} {name}"] += 1
    _seen[f"{kind} {_SUM} {name}"] += round(seconds * 1e6)


async def tell() -> None:
    """What was seen since the last time. Without Redis it is kept for the next one."""
    told = dict(_seen)
    if not told:
        return
    pipe = async_redis().pipeline(transaction=True)
    for field, number in told.items():
        pipe.hincrby(_KEY, field, number)
    try:
        await pipe.execute()
    except (RedisError, OSError) as problem:
        log.warning("could not tell how long requests took: %s", problem)
        return
    _seen.subtract(told)
    for field in [field for field, number in _seen.items() if not number]:
        del _seen[field]


async def keep_telling() -> None:
    """As long as the process lives."""
    while True:
        await asyncio.sleep(TELL_SECONDS)
        await tell()


def all_told() -> dict[tuple[Kind, str], tuple[list[int], float]]:
    """By kind and name: how many fell into each bucket, and the sum of their seconds."""
    found: dict[tuple[Kind, str], tuple[list[int], float]] = {}
    for field, number in sorted(request_redis().hgetall(_KEY).items()):  # type: ignore[union-attr]  # the synchronous client
        kind, bucket, name = field.split(" ", 2)
        counts, seconds = found.get((kind, name), ([0] * (len(EDGES) + 1), 0.0))
        if bucket == _SUM:
            seconds += int(number) / 1e6
        else:
            counts[int(bucket)] += int(number)
        found[kind, name] = counts, seconds
    return found
