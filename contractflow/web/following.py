"""What an open tab is told while it follows a document: the growing text of a draft, and that something changed.

A message is data for a small component (components/live_text.jsx, components/follow.jsx). Nothing here touches
state, so a word costs no lock and no write.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from contractflow.broker.changes import topic_key
from contractflow.broker.draft_stream import DraftView
from contractflow.broker.hub import Following, hub
from contractflow.content import redline
from contractflow.errors import Unavailable
from contractflow.integrations.ai.failover import LABELS
from contractflow.services.drafts import LiveDraft, LiveRewrite
from contractflow.services.drafts.rewriting import parts
from contractflow.web import sockets

CHECK_SECONDS = 4.0
"""So often it is asked anew whether the person may still read this."""
FEED_CHECK_SECONDS = 30.0
"""The same for the number of new notifications, which every open tab follows and which tells nothing."""
COMPARE_SECONDS = 0.12
"""Between two looks at what a rewrite changes: comparing costs more than sending a word on."""
AWAY_SECONDS = 1.0
"""Between two tries while the database is away."""
LAST_WORDS_SECONDS = 3.0
"""How long the end of a text may come after the end of its row."""

Message = dict[str, Any]
Snapshot = TypeVar("Snapshot")


@dataclass
class _Told:
    """How far the tab's text goes, so that every message carries only what is new."""

    epoch: int = -1
    offset: int = 0
    provider: str = ""
    note: str = ""
    waiting: str = "?"

    def standing(self, draft: LiveDraft) -> Message:
        """What it waits for, when that is new; together with the seconds since it was ordered."""
        if draft.waiting == self.waiting:
            return {}
        self.waiting = draft.waiting
        return {"a": draft.waiting, "s": draft.seconds}

    def news(self, view: DraftView) -> Message:
        """What the tab does not know yet; empty when there is nothing. Offsets are in characters (code points)."""
        if view.epoch < 0:
            return {}
        is_new = view.epoch != self.epoch or self.offset > len(view.text)
        message: Message = {}
        if is_new or (view.provider, view.note) != (self.provider, self.note):
            message |= {"p": LABELS.get(view.provider, view.provider), "n": view.note}
        start = 0 if is_new else self.offset
        if is_new or len(view.text) > start:
            message |= {"e": view.epoch, "o": start, "t": view.text[start:]}
        self.epoch, self.offset = view.epoch, len(view.text)
        self.provider, self.note = view.provider, view.note
        return message


@asynccontextmanager
async def _following(*, draft_ids: Sequence[UUID] = (), topics: Sequence[str]) -> AsyncIterator[Following]:
    """`hub().follow`, woken when the tab's socket is closed: what `is_there` says is asked then."""
    async with hub().follow(draft_ids=draft_ids, topics=topics) as following:
        with sockets.woken(following.wake):
            yield following


async def _patiently(
    check: Callable[[], Awaitable[Snapshot]], is_there: Callable[[], bool]
) -> tuple[Snapshot, bool]:
    """What `check` says once the database answers, and whether it had to be waited for: what the page asked for then is lost."""
    was_away = False
    while True:
        try:
            return await check(), was_away
        except Unavailable:
            if not is_there():
                raise
            was_away = True
            await sockets.pause(AWAY_SECONDS)


async def draft_messages(
    document_id: UUID,
    draft_id: UUID,
    seen: tuple[int, int],
    check: Callable[[], Awaitable[LiveDraft]],
    is_there: Callable[[], bool],
) -> AsyncIterator[Message]:
    """Everything after `seen` (epoch, offset), as it comes; a last message with "d", the status, ends it.

    `check` raises when the person may not read this (any more); the following ends then as well.
    """
    told, topic = _Told(*seen), f"document:{document_id}"
    async with _following(draft_ids=[draft_id], topics=[topic]) as following:
        draft, _ = await _patiently(check, is_there)
        while is_there():
            view = following.view(draft_id)
            message = told.news(view) | told.standing(draft)
            if view.is_over or not draft.is_active:
                message["d"] = view.status if view.is_over else draft.status
            if message:
                yield {"j": str(draft_id), **message}
            if "d" in message:
                return
            news = await following.wait(CHECK_SECONDS)
            if is_there() and (not news or topic_key(topic) in news):
                draft, _ = await _patiently(check, is_there)
                if not draft.is_active:
                    await _last_words(following, draft_id)


async def _last_words(following: Following, draft_id: UUID) -> None:
    """Wait until the stream has said how it ended, for as long as that may take; on the way there is still text."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS_SECONDS):
            while not following.view(draft_id).is_over:
                await following.wait(LAST_WORDS_SECONDS)


async def rewrite_messages(
    document_id: UUID,
    draft_ids: Sequence[UUID],
    check: Callable[[], Awaitable[dict[UUID, LiveRewrite]]],
    is_there: Callable[[], bool],
) -> AsyncIterator[Message]:
    """What each rewrite changes so far, word by word, until all of them are over; "d", the status, is a rewrite's last."""
    topic, told = f"document:{document_id}", dict[UUID, Message]()
    async with _following(draft_ids=draft_ids, topics=[topic]) as following:
        live, _ = await _patiently(check, is_there)
        open_ = [draft_id for draft_id in draft_ids if draft_id in live]
        while open_ and is_there():
            for draft_id in tuple(open_):
                message = _rewritten(following.view(draft_id), live[draft_id])
                if message != told.get(draft_id):
                    told[draft_id] = message
                    yield {"j": str(draft_id), "s": live[draft_id].seconds, **message}
                if "d" in message:
                    open_.remove(draft_id)
            news = await following.wait(CHECK_SECONDS)
            await asyncio.sleep(COMPARE_SECONDS)
            if is_there() and (not news or topic_key(topic) in news):
                live, _ = await _patiently(check, is_there)


def _rewritten(view: DraftView, live: LiveRewrite) -> Message:
    is_over = view.is_over or not live.is_active
    message: Message = {"p": LABELS.get(view.provider, view.provider), "n": view.note, "a": live.waiting}
    if is_over:
        message["d"] = view.status if view.is_over else live.status
    return message | {"w": redline.growing(live.old, parts(view.text)[1], is_over=is_over)}


async def snapshots(
    read: Callable[[], Awaitable[Snapshot]], is_there: Callable[[], bool], seconds: float
) -> AsyncIterator[Snapshot]:
    """What `read` says, every few seconds. A database that is away for a moment is waited for."""
    while is_there():
        await sockets.pause(seconds)
        if not is_there():
            return
        with suppress(Unavailable):  # it is asked again
            yield await read()


async def change_messages(
    topic: str,
    name: str,
    check: Callable[[], Awaitable[object]],
    is_there: Callable[[], bool],
    every: float = CHECK_SECONDS,
) -> AsyncIterator[Message]:
    """One message per change of `topic`, or for several that came together, for the component that follows `name`.

    `check` is asked `every` so many seconds without one.
    """
    async with _following(topics=[topic]) as following:
        await _patiently(check, is_there)
        while is_there():
            news: object = await following.wait(every)
            if not is_there():
                return
            if not news:
                _, news = await _patiently(check, is_there)
            if news:
                yield {"changed": name}
