"""A draft on its way to the screen: a Redis stream that shows every character exactly once.

Each entry says which `epoch` it belongs to and at which `offset` (in characters) its text begins. An epoch is
one provider writing from the beginning; a higher one replaces what a lower one wrote. A reader that applies
`DraftView.fold` shows the same text whatever is repeated, late, or written by a worker that should be dead.

The worker holds a fence: the number of its claim. A script in Redis refuses entries of a lower claim, and
passes on the wish to stop. When Redis lost everything, the writer says it all again from the beginning.

Entries    b  begin   e, p provider, n note
           t  text    e, o offset, t text
           x  end     e, o length, s status, n note     status: ready | failed | cancelled | waiting
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Self
from uuid import UUID

from redis import Redis
from redis import asyncio as aio
from redis.exceptions import RedisError

from contractflow.broker.endings import end

log = logging.getLogger(__name__)

LIVE_SECONDS = 3600
KEPT_SECONDS = 900
"""After the end, so that whoever reloads the page just then still reads it live."""
MAX_ENTRIES = 20_000
FLUSH_SECONDS = 0.04
"""A little less than the 50 ms between the pieces of a provider at the usual 20 a second: each leaves at once then."""
FLUSH_CHARACTERS = 400
SECONDS_BETWEEN_TRIES = 0.5
LOOK_SECONDS = 0.5
TROUBLE = (OSError, RedisError, TimeoutError)
"""What goes wrong with Redis and is sat out."""

# KEYS stream, fence. ARGV claim, seconds to keep, most entries, whether this writer has begun, field, value …
_APPEND = """
local claim = tonumber(redis.call('HGET', KEYS[2], 'claim') or '-1')
local mine = tonumber(ARGV[1])
if claim > mine then return 2 end
local kind = ARGV[6]
if claim == -1 and ARGV[4] == '1' then
  redis.call('HSET', KEYS[2], 'claim', mine)
  return 4
end
if claim < mine then redis.call('HSET', KEYS[2], 'claim', mine) end
if kind ~= 'x' and tonumber(redis.call('HGET', KEYS[2], 'cancel') or '-1') >= mine then return 3 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 5))
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
"""


class _Answer(IntEnum):
    WRITTEN = 1
    SUPERSEDED = 2
    STOPPED = 3
    FORGOTTEN = 4


class Superseded(Exception):
    """Another worker has claimed this draft since; nothing we write counts."""


class Stopped(Exception):
    """Somebody pressed Stop."""


def stream_key(draft_id: UUID | str) -> str:
    return f"cf:draft:{draft_id}"


def fence_key(draft_id: UUID | str) -> str:
    return f"cf:draft:{draft_id}:fence"


def ask_to_stop(redis: Redis, draft_id: UUID | str, claim: int) -> None:
    """Let the writer with `claim` (or a lower one) know at its next entry, some 40 ms from now."""
    with redis.pipeline(transaction=False) as pipe:
        pipe.hset(fence_key(draft_id), "cancel", str(claim))
        pipe.expire(fence_key(draft_id), LIVE_SECONDS)
        pipe.execute()


@dataclass
class DraftView:
    """What a reader knows of a draft; `fold` is the only way it grows."""

    epoch: int = -1
    text: str = ""
    status: str = "queued"
    provider: str = ""
    note: str = ""
    has_gap: bool = False
    """Entries are missing (trimmed): what is shown is incomplete until the text is read from the database."""

    @property
    def is_over(self) -> bool:
        return self.status in {"ready", "failed", "cancelled"}

    def fold(self, entry: Mapping[str, str]) -> bool:
        """Apply one entry. Returns whether anything visible changed."""
        epoch = int(entry["e"])
        if epoch < self.epoch:
            return False
        if epoch > self.epoch:
            self._turn_to(epoch)
        if entry["k"] == "b":
            return self._begin(entry)
        if entry["k"] == "t":
            return self._append(int(entry["o"]), entry["t"])
        return self._end(entry)

    def _turn_to(self, epoch: int) -> None:
        self.epoch, self.text, self.status, self.has_gap = epoch, "", "streaming", False

    def _begin(self, entry: Mapping[str, str]) -> bool:
        before = (self.provider, self.note)
        self.provider, self.note = entry["p"], entry.get("n", "")
        return before != (self.provider, self.note) or not self.text

    def _append(self, offset: int, text: str) -> bool:
        have = len(self.text)
        if offset > have:
            self.has_gap = True
            return False
        if offset + len(text) <= have:
            return False
        self.text += text[have - offset :]
        return True

    def _end(self, entry: Mapping[str, str]) -> bool:
        if len(self.text) < int(entry["o"]):
            self.has_gap = True
        changed = self.status != entry["s"]
        self.status, self.note = entry["s"], entry.get("n", "") or self.note
        return changed


class DraftWriter:
    """Writes one attempt of a draft; `async with` runs the task that talks to Redis.

    Writing never waits for Redis and outlives its absence: the text stays here and is said later. When Redis
    refuses (another worker took over, somebody pressed Stop), `refusal` says why and `on_refusal` is called,
    within half a second even while there is nothing to write.
    """

    def __init__(self, redis: aio.Redis, draft_id: UUID | str, claim: int) -> None:
        self._redis = redis
        self._append = redis.register_script(_APPEND)
        self._keys = [stream_key(draft_id), fence_key(draft_id)]
        self._claim = claim
        self.epoch = claim * 100
        self.text = ""
        """What this epoch has written so far."""
        self.provider = self._note = ""
        """Who writes this epoch; empty before its first text."""
        self._said = 0
        self._has_begun = False
        self.refusal: Superseded | Stopped | None = None
        self.on_refusal: Callable[[], object] = lambda: None
        self._news = asyncio.Event()
        self._much = asyncio.Event()
        self._sayer: asyncio.Task[None] | None = None

    @property
    def shown(self) -> str:
        """The text, once readers can have seen the beginning of it; what is still unsaid, `end` says."""
        return self.text if self._said else ""

    async def __aenter__(self) -> Self:
        self._sayer = asyncio.create_task(self._keep_saying())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._fall_silent()

    def begin(self, provider: str, note: str = "") -> None:
        """Start from the beginning with `provider`; `note` says why, when something was on the screen before."""
        self.epoch += 1
        self.provider, self._note, self.text = provider, note, ""
        self._said, self._has_begun = 0, False
        self._news.set()

    def write(self, text: str) -> None:
        """Add `text`: it leaves at once when the stream was quiet, else with its neighbours within 40 ms."""
        self.text += text
        self._news.set()
        if len(self.text) - self._said >= FLUSH_CHARACTERS:
            self._much.set()

    async def end(self, status: str, note: str = "") -> None:
        """Say what is left and how it ended; readers then take the document from the database. Raises Superseded."""
        await self._fall_silent()
        entry = {"k": "x", "e": str(self.epoch), "o": str(len(self.text)), "s": status, "n": note}
        with suppress(Stopped, *TROUBLE):
            await self._say_all()
        with suppress(*TROUBLE):
            if await self._send(entry, KEPT_SECONDS) is _Answer.FORGOTTEN:
                await self._repeat()
                await self._send(entry, KEPT_SECONDS)

    async def _fall_silent(self) -> None:
        sayer, self._sayer = self._sayer, None
        if sayer:
            await end(sayer)
            if not sayer.cancelled():
                sayer.result()

    async def _keep_saying(self) -> None:
        try:
            while True:
                await self._say_or_look()
        except (Superseded, Stopped) as refusal:
            self.refusal = refusal
            self.on_refusal()

    async def _say_or_look(self) -> None:
        """Say what is new; when there is nothing for a while, see whether we are still wanted."""
        has_news = await self._hears_of(self._news, LOOK_SECONDS)
        self._news.clear()
        self._much.clear()
        try:
            await (self._say_all() if has_news else self._look())
        except TROUBLE as problem:
            log.warning("the draft goes on, its readers wait: %s", problem)
            self._news.set()
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
        if has_news:
            await self._hears_of(self._much, FLUSH_SECONDS)

    @staticmethod
    async def _hears_of(event: asyncio.Event, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        return event.is_set()

    async def _look(self) -> None:
        claim, cancel = await self._redis.hmget(self._keys[1], ["claim", "cancel"])  # type: ignore[misc]
        if int(claim or -1) > self._claim:
            raise Superseded
        if int(cancel or -1) >= self._claim:
            raise Stopped

    async def _say_all(self) -> None:
        """Say whatever Redis has not confirmed. A repeated entry does no harm: its offset gives it away."""
        if not self._has_begun and self.epoch > self._claim * 100:
            await self._say_begin()
        epoch, text = self.epoch, self.text[self._said :]
        if not text:
            return
        answer = await self._send({"k": "t", "e": str(epoch), "o": str(self._said), "t": text})
        if epoch != self.epoch:
            return
        if answer is _Answer.FORGOTTEN:
            await self._repeat()
        else:
            self._said += len(text)

    async def _repeat(self) -> None:
        """Redis came back empty: begin this epoch again, with everything written so far."""
        self._said = 0
        await self._say_begin()
        text = self.text
        await self._send({"k": "t", "e": str(self.epoch), "o": "0", "t": text})
        self._said = len(text)

    async def _say_begin(self) -> None:
        epoch = self.epoch
        entry = {"k": "b", "e": str(epoch), "p": self.provider, "n": self._note}
        if await self._send(entry) is _Answer.FORGOTTEN:
            await self._send(entry)
        self._has_begun = epoch == self.epoch

    async def _send(self, entry: dict[str, str], keep: int = LIVE_SECONDS) -> _Answer:
        fields = [part for pair in entry.items() for part in pair]
        arguments: list[str | int] = [self._claim, keep, MAX_ENTRIES, int(self._has_begun), *fields]
        answer = _Answer(int(await self._append(keys=self._keys, args=arguments)))
        if answer is _Answer.SUPERSEDED:
            raise Superseded
        if answer is _Answer.STOPPED:
            raise Stopped
        return answer
