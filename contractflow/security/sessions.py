"""Sessions: an opaque signed cookie, its record in Redis, rotation that notices theft, revocation.

A *family* is one sign-in on one device; the secret in its cookie changes at every rotation. Redis keeps only the
SHA-256 of a secret, and losing Redis signs everybody out. Every decision is one Lua script on Redis's own clock.
The scripts make key names from values they read, so this Redis is one instance (or one replica set), not a cluster.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from contractflow.broker.connections import async_redis
from contractflow.security.keyring import b64, keyring

REVOKED_CHANNEL: Final = "cf:revoked"
"""Receives the id of every family that ends; web processes cut its sockets."""

GRACE: Final = 30  # seconds an old cookie still works after a rotation: tabs race
TOUCH_EVERY: Final = 60  # seconds between writes of "seen"

CONFIRMED_AT: Final = "confirmed_at"
"""The fact of a session that says when its person last proved who they are (seconds, Redis's clock)."""


@dataclass(frozen=True)
class Kind:
    """How one kind of session lives; times in seconds."""

    name: str
    cookie: str
    idle: int
    absolute: int = 12 * 3600
    rotate_after: int = 15 * 60


class Verdict(StrEnum):
    """What a cookie turned out to be."""

    OK = "ok"
    NONE = "none"  # never ours, or long forgotten
    ENDED = "ended"  # signed out, idle, revoked or too old
    REPLACED = (
        "replaced"  # a tab was on its way with the secret of before a confirmation: refused, nothing else
    )
    REUSED = "reused"  # an old secret came back after its grace: somebody copied it, the family was ended


@dataclass(frozen=True)
class Session:
    """`who` is the user's or the signer's id; `facts` is what was known when the session began or was confirmed."""

    family: str
    who: str
    facts: Mapping[str, str]
    is_due: bool = False  # for a rotation
    now: int = field(default=0, compare=False)  # on Redis's clock when it was read

    def confirmed_within(self, seconds: int) -> bool:
        """Whether the person proved anew who they are, so short a time ago."""
        return self.now - int(self.facts.get(CONFIRMED_AT, -seconds)) < seconds


# An old secret is forgiven as long as its successor was never used: then the answer that carried it got lost.
# A confirmation begins a new generation of secrets: those of the one before are worth nothing from that moment on.
# KEYS[1] the secret's pointer; ARGV idle, touch-every, grace. Returns {verdict, family, who, facts, rotated, until, now}.
RESOLVE: Final = """
local now = tonumber(redis.call('TIME')[1])
local pointer = redis.call('HMGET', KEYS[1], 'family', 'until', 'next', 'used', 'generation')
if not pointer[1] then return {'none'} end
local key = 'cf:family:' .. pointer[1]
local family = redis.call('HMGET', key, 'who', 'facts', 'epoch', 'ends', 'seen', 'rotated', 'generation', 'confirmed')
if not family[1] then return {'ended', pointer[1]} end
if family[3] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') or now >= tonumber(family[4]) then
  redis.call('DEL', key)
  return {'ended', pointer[1]}
end
if (pointer[5] or '0') ~= (family[7] or '0') then
  if now <= tonumber(family[8]) + tonumber(ARGV[3]) then return {'replaced', pointer[1]} end
  redis.call('DEL', key)
  return {'reused', pointer[1]}
end
if pointer[2] and now > tonumber(pointer[2]) then
  if redis.call('EXISTS', pointer[3]) == 0 or redis.call('HEXISTS', pointer[3], 'used') == 1 then
    redis.call('DEL', key)
    return {'reused', pointer[1]}
  end
  redis.call('DEL', pointer[3])
  redis.call('HDEL', KEYS[1], 'until', 'next')
  pointer[2] = false
end
if not pointer[4] then redis.call('HSET', KEYS[1], 'used', 1) end
if now - tonumber(family[5]) >= tonumber(ARGV[2]) then
  local ttl = math.min(tonumber(ARGV[1]), tonumber(family[4]) - now)
  redis.call('HSET', key, 'seen', now)
  redis.call('EXPIRE', key, ttl)
  if not pointer[2] then redis.call('EXPIRE', KEYS[1], ttl + 3600) end
end
return {'ok', pointer[1], family[1], family[2], family[6], pointer[2] or '', now}
"""
# KEYS[1] the old pointer, KEYS[2] the new one; ARGV grace, idle. One winner among racing tabs; being awake in a
# forgotten tab is no activity, so this does not touch `seen`.
ROTATE: Final = """
local now = tonumber(redis.call('TIME')[1])
local pointer = redis.call('HMGET', KEYS[1], 'family', 'until', 'generation')
if not pointer[1] or pointer[2] then return 0 end
local key = 'cf:family:' .. pointer[1]
local family = redis.call('HMGET', key, 'who', 'epoch', 'ends', 'generation')
if not family[1] or now >= tonumber(family[3]) then return 0 end
if family[2] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') then return 0 end
if (pointer[3] or '0') ~= (family[4] or '0') then return 0 end
redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[1]), 'next', KEYS[2])
redis.call('HSET', KEYS[2], 'family', pointer[1], 'generation', pointer[3] or '0')
redis.call('EXPIRE', KEYS[2], tonumber(ARGV[2]) + 3600)
redis.call('HSET', key, 'rotated', now)
return 1
"""
# KEYS[1] the pointer, KEYS[2] a new one; ARGV idle, JSON of facts to add. Two at once are one: the other comes too late.
CONFIRM: Final = """
local now = tonumber(redis.call('TIME')[1])
local pointer = redis.call('HMGET', KEYS[1], 'family', 'until', 'generation')
if not pointer[1] or (pointer[2] and now > tonumber(pointer[2])) then return 0 end
local key = 'cf:family:' .. pointer[1]
local family = redis.call('HMGET', key, 'who', 'facts', 'epoch', 'ends', 'generation')
if not family[1] or now >= tonumber(family[4]) then return 0 end
if family[3] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') then return 0 end
if (pointer[3] or '0') ~= (family[5] or '0') then return 0 end
local facts = cjson.decode(family[2])
for name, value in pairs(cjson.decode(ARGV[2])) do facts[name] = value end
facts['confirmed_at'] = string.format('%d', now)
local generation = redis.call('HINCRBY', key, 'generation', 1)
redis.call('HSET', key, 'facts', cjson.encode(facts), 'confirmed', now, 'rotated', now)
redis.call('HSET', KEYS[2], 'family', pointer[1], 'generation', generation)
redis.call('EXPIRE', KEYS[2], tonumber(ARGV[1]) + 3600)
return 1
"""
# KEYS[1] the family; ARGV idle, touch-every.
CHECK: Final = """
local now = tonumber(redis.call('TIME')[1])
local family = redis.call('HMGET', KEYS[1], 'who', 'facts', 'epoch', 'ends', 'seen')
if not family[1] then return {} end
if family[3] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') or now >= tonumber(family[4]) then
  redis.call('DEL', KEYS[1])
  return {}
end
if now - tonumber(family[5]) >= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'seen', now)
  redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[1]), tonumber(family[4]) - now))
end
return {family[1], family[2], now}
"""


class SessionStore:
    """The sessions of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    async def begin(
        self, who: str, facts: Mapping[str, str], *, is_confirmed: bool = False
    ) -> tuple[str, Session]:
        """A new family: the cookie's value and the session. `is_confirmed`: the person has just proved who they are."""
        secret, family = b64(secrets.token_bytes(32)), str(uuid4())
        redis = async_redis()
        now = int((await redis.time())[0])
        if is_confirmed:
            facts = {**facts, CONFIRMED_AT: str(now)}
        epoch = await redis.get(f"cf:epoch:{who}") or "0"
        record = {
            "who": who, "facts": json.dumps(dict(facts)), "epoch": epoch,
            "ends": now + self.kind.absolute, "seen": now, "rotated": now,
        }  # fmt: skip
        async with redis.pipeline(transaction=True) as pipe:
            pipe.hset(_pointer(secret), mapping={"family": family})
            pipe.expire(_pointer(secret), self.kind.idle + 3600)
            pipe.hset(f"cf:family:{family}", mapping=record)
            pipe.expire(f"cf:family:{family}", self.kind.idle)
            pipe.sadd(f"cf:families:{who}", family)
            pipe.expire(f"cf:families:{who}", self.kind.absolute)
            await pipe.execute()
        return keyring().seal(self.kind.name, secret), Session(family, who, facts, now=now)

    async def resolve(self, cookie: str | None) -> tuple[Verdict, Session | None]:
        """What the cookie of a request stands for; counts as activity."""
        secret = keyring().open(self.kind.name, cookie) if cookie else None
        if secret is None:
            return Verdict.NONE, None
        answer = await _run(RESOLVE, [_pointer(secret)], self.kind.idle, TOUCH_EVERY, GRACE)
        verdict = Verdict(answer[0])
        if verdict is Verdict.REUSED:
            await _announce(answer[1])
        if verdict is not Verdict.OK:
            return verdict, None
        family, who, facts, rotated, until, now = answer[1:]
        is_due = not until and now - int(rotated) >= self.kind.rotate_after
        return verdict, Session(family, who, json.loads(facts), is_due, now)

    async def check(self, family: str) -> Session | None:
        """Whether the family still lives, in one round trip; counts as activity."""
        answer = await _run(CHECK, [f"cf:family:{family}"], self.kind.idle, TOUCH_EVERY)
        return Session(family, answer[0], json.loads(answer[1]), now=answer[2]) if answer else None

    async def rotate(self, cookie: str) -> str | None:
        """A new cookie for the same family; None when another tab was first or the session is over."""
        old, new = keyring().open(self.kind.name, cookie), b64(secrets.token_bytes(32))
        if old is None:
            return None
        won = await _run(ROTATE, [_pointer(old), _pointer(new)], GRACE, self.kind.idle)
        return keyring().seal(self.kind.name, new) if won else None

    async def confirm(self, cookie: str, facts: Mapping[str, str]) -> str | None:
        """The person has proved anew who they are: a new cookie for the same family, and no other works any more.

        `facts` are added to the session's. None when the cookie is not its newest, or the session is over.
        """
        old, new = keyring().open(self.kind.name, cookie), b64(secrets.token_bytes(32))
        if old is None:
            return None
        won = await _run(CONFIRM, [_pointer(old), _pointer(new)], self.kind.idle, json.dumps(dict(facts)))
        return keyring().seal(self.kind.name, new) if won else None

    async def end(self, family: str) -> None:
        """End one family, everywhere, within a second."""
        await async_redis().delete(f"cf:family:{family}")
        await _announce(family)

    async def end_all(self, who: str) -> None:
        """End every session of `who`, also those this Redis has forgotten to list."""
        redis = async_redis()
        await redis.incr(f"cf:epoch:{who}")
        async for family in redis.sscan_iter(f"cf:families:{who}"):
            await self.end(family)
        await redis.delete(f"cf:families:{who}")


MEMBERS: Final = SessionStore(Kind("member", "__Host-cf_session", idle=30 * 60))
SIGNERS: Final = SessionStore(Kind("signer", "__Host-cf_portal", idle=2 * 3600))


async def _run(script: str, keys: list[str], *args: int | str) -> Any:
    return await async_redis().register_script(script)(keys=keys, args=args)


async def _announce(family: str) -> None:
    await async_redis().publish(REVOKED_CHANNEL, family)


def _pointer(secret: str) -> str:
    # A dump of Redis must not hold a value that signs somebody in.
    return "cf:session:" + hashlib.sha256(secret.encode()).hexdigest()
