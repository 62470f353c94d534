"""What lasts for minutes and works once: half a sign-in, the challenge a passkey answers. Redis forgets it by itself."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contractflow.broker.connections import async_redis
from contractflow.security.keyring import b64, keyring


@dataclass(frozen=True)
class Kind:
    """`tries`: after so many wrong answers it is void."""

    name: str
    seconds: int
    tries: int = 1


class TicketOffice:
    """Tickets of one kind. The holder has a sealed text; Redis has the hash of it and the facts."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    async def issue(self, facts: Mapping[str, str]) -> str:
        secret = b64(secrets.token_bytes(32))
        await async_redis().set(self._key(secret), json.dumps(dict(facts)), ex=self.kind.seconds)
        return keyring().seal(self.kind.name, secret)

    async def read(self, ticket: str | None) -> Mapping[str, str] | None:
        """The facts of a ticket that is still good; it stays good."""
        secret = self._opened(ticket)
        kept = await async_redis().get(self._key(secret)) if secret else None
        return json.loads(kept) if kept else None

    async def spend(self, ticket: str | None) -> Mapping[str, str] | None:
        """The facts, once: of many who spend it at the same time one gets them."""
        secret = self._opened(ticket)
        kept = await async_redis().getdel(self._key(secret)) if secret else None
        return json.loads(kept) if kept else None

    async def fail(self, ticket: str | None) -> int:
        """Count a wrong answer: how many are left. At none the ticket is void."""
        secret = self._opened(ticket)
        if not secret:
            return 0
        redis, tries = async_redis(), f"{self._key(secret)}:tries"
        failed = await redis.incr(tries)
        await redis.expire(tries, self.kind.seconds)
        left = max(0, self.kind.tries - int(failed))
        if not left:
            await redis.delete(self._key(secret))
        return left

    def _opened(self, ticket: str | None) -> str | None:
        return keyring().open(self.kind.name, ticket) if ticket else None

    def _key(self, secret: str) -> str:
        return f"cf:ticket:{self.kind.name}:" + hashlib.sha256(secret.encode()).hexdigest()


MINUTE: Final = 60
HALF_SIGN_INS: Final = TicketOffice(Kind("half_sign_in", 10 * MINUTE, tries=5))
CHALLENGES: Final = TicketOffice(Kind("challenge", 5 * MINUTE))
