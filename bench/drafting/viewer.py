"""A tab that orders a draft and watches it. It notes when each message came and reads it afterwards, so that reading
costs nobody time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

from bench.ack.tab import DOCUMENT, Tab
from bench.drafting.measured import Order, Seen, seen
from contractflow.components.live_text import DOCUMENT_SINK, DRAFT_SINK

RELOAD_SECONDS = 0.15
"""Changes that come together are read together: CHANGE_PAUSE_MS of components/live_text.jsx."""
LATEST = 60
_TEXT, _CHANGE = f'"ref":"ref_{DRAFT_SINK}"', f'"ref":"ref_{DOCUMENT_SINK}"'


class Viewer(Tab):
    """One tab of a member, with the document open that they will order a draft of."""

    async def start(self) -> None:
        self.messages: list[tuple[float, str]] = []
        self._over = asyncio.Event()
        self._reading: asyncio.TimerHandle | None = None
        self.socket.eio.on("message", self._note)

    async def watch(self, order: Order, after: float) -> Seen:
        """Wait so many seconds, click, and see the draft written."""
        await asyncio.sleep(after)
        clicked = time.monotonic()
        acknowledged = await self.draft()
        async with asyncio.timeout(order.seconds + LATEST):
            await self._over.wait()
        found = seen(clicked, acknowledged, self._texts())
        found.wire = sum(_on_the_wire(message) for _, message in self.messages)
        return found

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
        await super().close()

    async def _note(self, message: str) -> None:
        now = time.monotonic()
        if _TEXT in message:
            self.messages.append((now, message))
            if '"d":"' in message:
                self._over.set()
                self._read_again()
        elif _CHANGE in message:
            self._read_again()
        else:
            await self.socket._handle_eio_message(message)

    def _read_again(self) -> None:
        """What the page does when the document changed or the draft is over."""
        if self._reading:
            self._reading.cancel()
        self._reading = asyncio.get_running_loop().call_later(
            RELOAD_SECONDS, lambda: asyncio.ensure_future(self.send(f"{DOCUMENT}.load", {}))
        )

    def _texts(self) -> Iterator[tuple[float, str]]:
        """What is new in each message, by the rule of components/live_text.jsx."""
        epoch, have = -1, 0
        for at, message in self.messages:
            for value in _values(message):
                if "t" not in value or value["e"] < epoch:
                    continue
                if value["e"] > epoch:
                    epoch, have = value["e"], 0
                known = have - value["o"]
                new = value["t"][known:] if known >= 0 else ""
                have += len(new)
                yield at, new


def _values(message: str) -> Iterator[dict[str, Any]]:
    _, update = json.loads(message[message.index("[") :])
    for event in update["events"]:
        yield event["payload"]["value"]


def _on_the_wire(message: str) -> int:
    """Bytes of the frame: engine.io's one letter, and the head of a WebSocket frame (RFC 6455, 5.2)."""
    size = len(message.encode()) + 1
    return size + (2 if size < 126 else 4 if size < 65536 else 10)
