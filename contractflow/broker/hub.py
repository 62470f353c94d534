"""One reader of Redis per web process, however many drafts are written and however many tabs follow them.

    async with hub().follow(draft_ids=[…], topics=["document:…"]) as following:
        while True:
            news = await following.wait(seconds=5)      # the keys that changed; empty after `seconds`
            view = following.view(draft_id)             # the newest snapshot, never a backlog

The first `wait` returns at once when there is something already, so late joiners lose nothing. A slow tab
is told the newest state when it comes back. Redis may go away and return, even empty: positions are kept.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

from redis.exceptions import RedisError

from contractflow.broker.changes import topic_key
from contractflow.broker.connections import BLOCK_MS, async_reader, async_redis
from contractflow.broker.draft_stream import DraftView, stream_key

log = logging.getLogger(__name__)

LONGEST_PACE = 0.01
PACE_PER_STREAM = 0.00005
"""Seconds between two reads, which cost half a millisecond: a tab that sees a draft written follows two streams, so they
are 1 ms for ten drafts, 5 ms for fifty."""
ENTRIES_AT_ONCE = 1000
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
WAKE_KEPT_SECONDS = 600


@dataclass(eq=False)
class _Stream:
    """Where we are in one stream, who wants to know, and what we know."""

    last_id: str = "0-0"
    draft: DraftView | None = None
    has_news: bool = False
    followers: set[Following] = field(default_factory=set)

    def take(self, entries: Iterable[tuple[str, Mapping[str, str]]]) -> bool:
        changed = self.draft is None
        for entry_id, entry in entries:
            self.last_id = entry_id
            if self.draft is not None:
                changed = self.draft.fold(entry) or changed
        self.has_news = self.has_news or changed
        return changed


class Following:
    """What one tab follows."""

    def __init__(self, streams: Mapping[str, _Stream]) -> None:
        self._streams = streams
        self._changed: set[str] = {key for key, stream in streams.items() if stream.has_news}
        self._event = asyncio.Event()
        if self._changed:
            self._event.set()

    async def wait(self, seconds: float) -> set[str]:
        """The keys (`stream_key`, `topic_key`) with news since the last call; empty when none came in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()
        changed, self._changed = self._changed, set()
        return changed

    def view(self, draft_id: UUID | str) -> DraftView:
        """The draft as far as it is known now."""
        draft = self._streams[stream_key(draft_id)].draft
        if draft is None:
            raise LookupError(f"not a draft: {draft_id}")
        return replace(draft)

    def tell(self, key: str) -> None:
        self._changed.add(key)
        self._event.set()

    def wake(self) -> None:
        """Let `wait` return at once, without news."""
        self._event.set()


class Hub:
    def __init__(self) -> None:
        self._streams: dict[str, _Stream] = {}
        self._wake_key = f"cf:hub:{os.getpid()}:{uuid4().hex[:8]}"
        self._wake_id = "0-0"
        self._wanted = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self.reads = 0

    @asynccontextmanager
    async def follow(
        self, *, draft_ids: Iterable[UUID | str] = (), topics: Iterable[str] = ()
    ) -> AsyncIterator[Following]:
        keys = [stream_key(d) for d in draft_ids] + [topic_key(t) for t in topics]
        mine = {key: self._streams.get(key) or self._open(key) for key in keys}
        following = Following(mine)
        for stream in mine.values():
            stream.followers.add(following)
        try:
            await self._ensure_reading()
            yield following
        finally:
            self._leave(mine, following)

    def close(self) -> None:
        """Stop reading; whoever follows hears nothing more."""
        if self._reader:
            self._reader.cancel()

    def _open(self, key: str) -> _Stream:
        stream = _Stream(draft=DraftView() if key.startswith("cf:draft:") else None)
        self._streams[key] = stream
        return stream

    def _leave(self, mine: Mapping[str, _Stream], following: Following) -> None:
        for key, stream in mine.items():
            stream.followers.discard(following)
            if not stream.followers and self._streams.get(key) is stream:
                del self._streams[key]

    async def _ensure_reading(self) -> None:
        self._wanted.set()
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_on())
            return
        with suppress(RedisError, OSError):  # the reader notices by itself, within BLOCK_MS
            async with async_redis().pipeline(transaction=False) as pipe:
                pipe.xadd(self._wake_key, {"new": "1"}, maxlen=4, approximate=False)
                pipe.expire(self._wake_key, WAKE_KEPT_SECONDS)
                await pipe.execute()

    async def _read_on(self) -> None:
        loop = asyncio.get_running_loop()
        pause = SHORTEST_PAUSE
        while True:
            if not self._streams:
                self._wanted.clear()
            await self._wanted.wait()
            started = loop.time()
            try:
                answer = await self._read()
                pause = SHORTEST_PAUSE
            except (RedisError, OSError, TimeoutError) as problem:
                log.warning("live text waits for Redis: %s", problem)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            for key, entries in answer:
                self._deliver(key, entries)
            pace = min(LONGEST_PACE, PACE_PER_STREAM * len(self._streams))
            await asyncio.sleep(max(0.0, started + pace - loop.time()))

    async def _read(self) -> list[tuple[str, list[tuple[str, dict[str, str]]]]]:
        positions = {key: stream.last_id for key, stream in self._streams.items()}
        positions[self._wake_key] = self._wake_id
        self.reads += 1
        answer = await async_reader().xread(positions, count=ENTRIES_AT_ONCE, block=BLOCK_MS)  # type: ignore[arg-type]
        return answer or []

    def _deliver(self, key: str, entries: list[tuple[str, dict[str, str]]]) -> None:
        if key == self._wake_key:
            self._wake_id = entries[-1][0]
            return
        stream = self._streams.get(key)
        if stream is not None and stream.take(entries):
            for following in stream.followers:
                following.tell(key)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this event loop: one per web process."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
