"""Telling open screens that something changed: `announce` a topic, and every tab that follows it reads anew."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from redis.exceptions import RedisError

from contractflow.broker.connections import request_redis

log = logging.getLogger(__name__)

KEPT = 50
KEPT_SECONDS = 120
"""Longer than a page takes to load and start following; a follower reads from the beginning of this window."""


def topic_key(topic: str) -> str:
    return f"cf:topic:{topic}"


def announce(*topics: str, kind: str = "changed") -> None:
    """Say that `topics` ("document:<id>", "org:<id>") changed. Loses nothing when Redis is away:
    screens read the database, this only says when."""
    try:
        _append(topics, kind)
    except (RedisError, OSError) as problem:
        log.warning("could not announce %s: %s", ", ".join(topics), problem)


def _append(topics: Iterable[str], kind: str) -> None:
    with request_redis().pipeline(transaction=False) as pipe:
        for topic in topics:
            pipe.xadd(topic_key(topic), {"kind": kind}, maxlen=KEPT, approximate=True)
            pipe.expire(topic_key(topic), KEPT_SECONDS)
        pipe.execute()
