"""`contractflow healthy [KIND]`: what a container's health check asks. 0 when what runs in it answers, otherwise 1."""

from __future__ import annotations

import os
import sys
import urllib.request

from redis.exceptions import RedisError

LIVE = "http://127.0.0.1:{port}/api/health/live"
SECONDS = 2


def healthy(kind: str) -> int:
    """`kind`: web, which is asked itself; drafts, mail, general or scheduler, whose sign of life is looked for."""
    try:
        well = _web() if kind == "web" else _worker(kind)
    except (OSError, RedisError) as problem:
        print(f"{kind}: {type(problem).__name__}", file=sys.stderr)
        return 1
    if not well:
        print(f"{kind}: gives no sign of life", file=sys.stderr)
    return 0 if well else 1


def _web() -> bool:
    with urllib.request.urlopen(LIVE.format(port=os.environ.get("PORT", "8000")), timeout=SECONDS) as answer:  # noqa: S310 -- our own address
        return bool(answer.status == 200)


def _worker(kind: str) -> bool:
    from contractflow.broker import heartbeats  # noqa: PLC0415 -- the web's check goes without Redis's client

    return heartbeats.alive_here(kind)
