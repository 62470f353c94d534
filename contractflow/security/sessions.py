"""Sessions: an opaque signed cookie, its record in Redis, rotation that notices theft, revocation.

A *family* is one sign-in on one device; the secret in its cookie changes at every rotation. Redis keeps only the
SHA-256 of a secret, and losing Redis signs everybody out. Every decision is one Lua script on Redis's own clock.
The scripts make key names from values they read, so this Redis is one instance (or one replica set), not a cluster.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from contractflow.broker.connections import async_redis, patient_redis
from contractflow.security.keyring import b64, keyring
from contractflow.security.session_scripts import CHECK, CONFIRM, HASTEN, RESOLVE, ROTATE, SEEN

REVOKED_CHANNEL: Final = "cf:revoked"
"""Receives the id of every family that ends; web processes cut its sockets. A word behind it says why, if it goes on."""

SUSPENDED: Final = "suspended"

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
    NONE = "none"
    """Never ours, or long forgotten."""
    ENDED = "ended"
    """Signed out, idle, revoked or too old."""
    REPLACED = "replaced"
    """A tab was on its way with the secret of before a confirmation: refused, nothing else."""
    REUSED = "reused"
    """An old secret came back after its grace: somebody copied it, and the family was ended."""


@dataclass(frozen=True)
class Session:
    """`who` is the user's or the signer's id; `facts` is what was known when the session began or was confirmed."""

    family: str
    who: str
    facts: Mapping[str, str]
    is_due: bool = False  # for a rotation
    is_touched: bool = False  # its activity was written down just now, as happens once a minute
    now: int = field(default=0, compare=False)  # on Redis's clock when it was read

    def confirmed_within(self, seconds: int) -> bool:
        """Whether the person proved anew who they are, so short a time ago."""
        return self.now - int(self.facts.get(CONFIRMED_AT, -seconds)) < seconds


class SessionStore:
    """The sessions of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    async def begin(
        self, who: str, facts: Mapping[str, str], *, is_confirmed: bool = False, ends: int | None = None
    ) -> tuple[str, Session]:
        """A new family: the cookie's value and the session. `is_confirmed`: the person has just proved who they are.

        `ends` is when it ends at the latest, if that is sooner than it would by itself.
        """
        secret, family = b64(secrets.token_bytes(32)), str(uuid4())
        redis = async_redis()
        now = int((await redis.time())[0])
        if is_confirmed:
            facts = {**facts, CONFIRMED_AT: str(now)}
        epoch = await redis.get(f"cf:epoch:{who}") or "0"
        record = {
            "who": who, "facts": json.dumps(dict(facts)), "epoch": epoch,
            "ends": min(now + self.kind.absolute, ends or sys.maxsize), "seen": now, "rotated": now,
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

    async def succeed(self, session: Session, facts: Mapping[str, str]) -> tuple[str, Session]:
        """A new family in the place of `session`, with other facts, for no longer than that one would have lived.

        A tab is bound to its family, so nothing that the old one saw is shown in the new one. The caller ends the old.
        """
        ends = await _run("return redis.call('HGET', KEYS[1], 'ends')", [_family(session.family)])
        return await self.begin(session.who, {**session.facts, **facts}, ends=int(ends) if ends else None)

    async def resolve(self, cookie: str | None) -> tuple[Verdict, Session | None]:
        """What the cookie of a request stands for; counts as activity. With REUSED comes the session that it ended."""
        secret = keyring().open(self.kind.name, cookie) if cookie else None
        if secret is None:
            return Verdict.NONE, None
        answer = await _run(RESOLVE, [_pointer(secret)], self.kind.idle, TOUCH_EVERY, GRACE)
        verdict = Verdict(answer[0])
        if verdict is Verdict.REUSED:
            await _announce(answer[1])
            return verdict, Session(answer[1], answer[2], json.loads(answer[3]))
        if verdict is not Verdict.OK:
            return verdict, None
        family, who, facts, rotated, until, now = answer[1:]
        is_due = not until and now - int(rotated) >= self.kind.rotate_after
        return verdict, Session(family, who, json.loads(facts), is_due, now=now)

    async def check(self, family: str, *, counts: bool = True) -> Session | None:
        """Whether the family still lives, in one round trip; `counts` as activity unless no person is behind it."""
        touch_every = TOUCH_EVERY if counts else 0
        answer = await _run(CHECK, [_family(family)], self.kind.idle, touch_every)
        if not answer:
            return None
        return Session(family, answer[0], json.loads(answer[1]), now=answer[2], is_touched=bool(answer[3]))

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
        await async_redis().delete(_family(family))
        await _announce(family)


MEMBERS: Final = SessionStore(Kind("member", "__Host-cf_session", idle=30 * 60))
SIGNERS: Final = SessionStore(Kind("signer", "__Host-cf_portal", idle=2 * 3600))


async def living(families: Sequence[str]) -> set[str]:
    """Those of `families` that are not over; asking is no activity."""
    if not families:
        return set()
    seen = await _run(SEEN, [_family(family) for family in families])
    return {family for family, at in zip(families, seen, strict=True) if at}


# -- for services, which are synchronous: what follows a commit, and what a list shows


def last_seen(families: Sequence[str]) -> dict[str, int]:
    """When each family that lives was last active (seconds since 1970)."""
    if not families:
        return {}
    seen: Any = patient_redis().eval(SEEN, len(families), *[_family(family) for family in families])
    return {family: int(at) for family, at in zip(families, seen, strict=True) if at}


def end_now(families: Iterable[str]) -> None:
    """End families and cut their sockets."""
    with patient_redis().pipeline(transaction=False) as pipe:
        for family in families:
            pipe.delete(_family(family))
            pipe.publish(REVOKED_CHANNEL, family)
        pipe.execute()


def end_all(who: str) -> None:
    """End every session of somebody, also those that this Redis or the database have forgotten to list."""
    redis = patient_redis()
    redis.incr(f"cf:epoch:{who}")
    families: Any = redis.smembers(f"cf:families:{who}")
    end_now(families)
    redis.delete(f"cf:families:{who}")


def send_away(families: Iterable[str]) -> None:
    """Cut the sockets of sessions that go on, so that their tabs start anew and read why: the organisation is suspended."""
    with patient_redis().pipeline(transaction=False) as pipe:
        for family in families:
            pipe.publish(REVOKED_CHANNEL, f"{family} {SUSPENDED}")
        pipe.execute()


def hasten_rotation(who: str) -> None:
    """Somebody's rights have changed: every session of theirs gets a new secret with its next page."""
    patient_redis().eval(HASTEN, 1, f"cf:families:{who}")


async def _run(script: str, keys: list[str], *args: int | str) -> Any:
    return await async_redis().register_script(script)(keys=keys, args=args)


async def _announce(family: str) -> None:
    await async_redis().publish(REVOKED_CHANNEL, family)


def _family(family: str) -> str:
    return f"cf:family:{family}"


def _pointer(secret: str) -> str:
    # A dump of Redis must not hold a value that signs somebody in.
    return "cf:session:" + hashlib.sha256(secret.encode()).hexdigest()
