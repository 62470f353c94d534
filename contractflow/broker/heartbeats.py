"""Signs of life: a worker says every few seconds that it is there, and how busy it is; others believe it for a while."""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError

from contractflow.broker.connections import async_redis, request_redis

log = logging.getLogger(__name__)

KINDS = ("drafts", "mail", "general", "scheduler")
BEAT_SECONDS = 5
ALIVE_SECONDS = 15
"""Two beats may get lost before a worker counts as gone."""
REMEMBERED_SECONDS = 600
"""So long a worker that fell silent is still listed; one that left by itself is not."""

_PID = os.getpid()
_NAME = f"{socket.gethostname()}:{_PID}"
_SINCE = time.time()
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class Worker:
    """One process. `silent_for` in seconds, 0 while it lives; `places` is 0 where nothing is counted."""

    kind: str
    name: str
    silent_for: int
    since: float = 0
    busy: int = 0
    places: int = 0
    memory_mb: int = 0


def beat(kind: str, *, busy: int = 0, places: int = 0) -> None:
    """This process, a worker of `kind`, is alive. Never raises: work goes on without Redis."""
    if os.getpid() != _PID:
        return  # a forked child is not another worker
    try:
        pipe = request_redis().pipeline(transaction=False)
        _say(pipe, kind, busy, places)
        pipe.execute()
    except (RedisError, OSError) as problem:
        log.warning("could not say that %s is alive: %s", kind, problem)


async def beat_async(kind: str, *, busy: int = 0, places: int = 0) -> None:
    """The same for a worker on an event loop."""
    try:
        pipe = async_redis().pipeline(transaction=False)
        _say(pipe, kind, busy, places)
        await pipe.execute()
    except (RedisError, OSError) as problem:
        log.warning("could not say that %s is alive: %s", kind, problem)


def leave(kind: str) -> None:
    """This process ends as it should: nobody is to miss it."""
    try:
        pipe = request_redis().pipeline(transaction=False)
        pipe.delete(_key(kind, _NAME))
        pipe.zrem(_list(kind), _NAME)
        pipe.execute()
    except (RedisError, OSError) as problem:
        log.warning("could not say that %s leaves: %s", kind, problem)


async def alive(kind: str) -> bool:
    """Whether a worker of this kind said so in the last `ALIVE_SECONDS`; raises RedisError when Redis is away."""
    names = await async_redis().zrange(_list(kind), 0, -1)
    return bool(names) and bool(await async_redis().exists(*(_key(kind, name) for name in names)))


def alive_here(kind: str) -> bool:
    """Whether a worker of this kind on this very machine (container) says so; raises RedisError when Redis is away."""
    redis = request_redis()
    listed: Any = redis.zrange(_list(kind), 0, -1)
    here = [name for name in listed if name.startswith(f"{socket.gethostname()}:")]
    return bool(here) and bool(redis.exists(*(_key(kind, name) for name in here)))


def workers() -> list[Worker]:
    """Everybody who lives, and who fell silent lately, by kind. Raises RedisError when Redis is away."""
    redis, now = request_redis(), time.time()
    found: list[Worker] = []
    for kind in KINDS:
        redis.zremrangebyscore(_list(kind), 0, now - REMEMBERED_SECONDS)
        listed: Any = sorted(redis.zrange(_list(kind), 0, -1, withscores=True))  # type: ignore[arg-type]
        said: Any = redis.mget([_key(kind, name) for name, _ in listed]) if listed else []
        for (name, at), facts in zip(listed, said, strict=True):
            silent = 0 if facts else max(1, round(now - at))
            found.append(Worker(kind, name, silent, **json.loads(facts or "{}")))
    return found


def _say(pipe: Any, kind: str, busy: int, places: int) -> None:
    facts = {"since": _SINCE, "busy": busy, "places": places, "memory_mb": _memory_mb()}
    pipe.set(_key(kind, _NAME), json.dumps(facts), ex=ALIVE_SECONDS)
    pipe.zadd(_list(kind), {_NAME: time.time()})
    pipe.expire(_list(kind), REMEMBERED_SECONDS)


def _memory_mb() -> int:
    """What this process holds in memory; 0 where the system does not say."""
    if not _STATM.exists():
        return 0
    pages = int(_STATM.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def _key(kind: str, name: str) -> str:
    return f"cf:beat:{kind}:{name}"


def _list(kind: str) -> str:
    return f"cf:beats:{kind}"
