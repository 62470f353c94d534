"""What browsers say the content security policy stopped: counted in Redis, each kind once, without anything personal.

Anybody can post a report, so nothing of it is kept as it came: directives are from a list, foreign addresses become
their origin, our own lose what may be an id or a token. Neither who sent it nor with which browser is kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from contractflow.broker.connections import async_redis, request_redis

MOST_KINDS: Final = 300
MOST_IN_ONE: Final = 20
KEPT_SECONDS: Final = 30 * 86400

DIRECTIVES: Final = frozenset(
    {
        "default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem",
        "style-src-attr", "img-src", "font-src", "connect-src", "frame-src", "worker-src", "object-src", "base-uri",
        "frame-ancestors", "form-action", "manifest-src", "media-src", "child-src", "prefetch-src",
    }
)  # fmt: skip
WORDS: Final = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "self", "about", "filesystem"})
_PLAIN = re.compile(r"[a-z][a-z-]{0,19}")
_FILE = re.compile(r"/(?:[\w.-]{1,80}/){0,3}[\w.-]{1,80}\.(?:js|mjs|css|html)")

# KEYS the four below; ARGV kind, facts, seconds to keep, most kinds. The oldest kind gives way to a new one.
KEEP: Final = """
local now = tonumber(redis.call('TIME')[1])
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) - #old >= tonumber(ARGV[4]) then
  old[#old + 1] = redis.call('ZRANGE', KEYS[1], #old, #old)[1]
end
for _, kind in ipairs(old) do
  redis.call('ZREM', KEYS[1], kind)
  for i = 2, 4 do redis.call('HDEL', KEYS[i], kind) end
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('HSETNX', KEYS[2], ARGV[1], now)
redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
redis.call('HSET', KEYS[4], ARGV[1], ARGV[2])
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
"""
_KEYS: Final = ["cf:csp:last", "cf:csp:first", "cf:csp:times", "cf:csp:facts"]


@dataclass(frozen=True)
class Violation:
    """`page` and `source` are addresses of ours without ids, or origins of others; `line` is 0 when unknown."""

    directive: str
    blocked: str
    page: str
    source: str = ""
    line: int = 0

    @property
    def kind(self) -> str:
        return hashlib.sha256("\x00".join(map(str, asdict(self).values())).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Kept:
    violation: Violation
    times: int
    first: datetime
    last: datetime


def read(posted: object, origin: str) -> list[Violation]:
    """The violations of one post in either format browsers speak; what is none, or not about our pages, is left out."""
    found = (_violation(body, origin) for body in _bodies(posted))
    return [violation for violation in found if violation]


async def keep(violations: list[Violation]) -> None:
    """Count them, each by its kind."""
    script = async_redis().register_script(KEEP)
    for one in violations:
        facts = json.dumps(asdict(one))
        await script(keys=_KEYS, args=[one.kind, facts, KEPT_SECONDS, MOST_KINDS])


def kept() -> list[Kept]:
    """What was reported in the last month, the latest first."""
    redis: Any = request_redis()
    with redis.pipeline(transaction=True) as pipe:
        pipe.zrevrange(_KEYS[0], 0, -1, withscores=True)
        for key in _KEYS[1:]:
            pipe.hgetall(key)
        last, first, times, facts = pipe.execute()
    return [
        Kept(Violation(**json.loads(facts[kind])), int(times[kind]), _at(first[kind]), _at(seen))
        for kind, seen in last
        if kind in facts
    ]


def _bodies(posted: object) -> Iterator[Mapping[str, Any]]:
    """`{"csp-report": {…}}` of report-uri, `[{"type": "csp-violation", "body": {…}}]` of report-to."""
    several = posted if isinstance(posted, list) else [posted]
    for one in several[:MOST_IN_ONE]:
        if not isinstance(one, dict):
            continue
        body = one.get("body") if one.get("type") == "csp-violation" else one.get("csp-report")
        if isinstance(body, dict):
            yield body


def _violation(body: Mapping[str, Any], origin: str) -> Violation | None:
    directive = _text(body, "effectiveDirective", "effective-directive", "violated-directive").split(" ")[0]
    page = _text(body, "documentURL", "document-uri")
    if directive not in DIRECTIVES or not page.startswith(f"{origin}/"):
        return None
    line = body.get("lineNumber", body.get("line-number", 0))
    return Violation(
        directive,
        _blocked(_text(body, "blockedURL", "blocked-uri"), origin),
        _page(urlsplit(page).path),
        _source(_text(body, "sourceFile", "source-file"), origin),
        line if type(line) is int and 0 <= line < 10**7 else 0,
    )


def _text(body: Mapping[str, Any], *names: str) -> str:
    """The first of them that there is; printable ASCII, shortened."""
    found = next((body[name] for name in names if isinstance(body.get(name), str)), "")
    return "".join(c for c in found[:2000] if " " <= c <= "~")


def _blocked(address: str, origin: str) -> str:
    if address in WORDS:
        return address
    return "our own" if address.startswith(f"{origin}/") else _origin(address)


def _source(address: str, origin: str) -> str:
    path = address.removeprefix(origin)
    if path != address and _FILE.fullmatch(path):
        return path
    if path != address:
        return "the page"
    return _origin(address) if address else ""


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "something"
    return (
        f"{parts.scheme}://{host}"[:100] if host else f"{parts.scheme}:"[:20] if parts.scheme else "something"
    )


def _page(path: str) -> str:
    """Words of an address stay; whatever may be an id, a code or a token becomes a dot."""
    parts = [part if _PLAIN.fullmatch(part) else "·" for part in path.split("/")[1:6]]
    return "/" + "/".join(parts)


def _at(seconds: str | float) -> datetime:
    return datetime.fromtimestamp(int(float(seconds)), UTC)
