"""What may come over a socket: only frames a page of ours sends, not too large, not too many; otherwise it is closed.

socket.io takes any name for an event, also `connect`: whoever sent one with an environment of their own could put
somebody else's client token behind their socket. So frames are compared with what pages send before anybody reads them.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.types import Message, Receive, Send

log = logging.getLogger(__name__)

LARGEST: Final = 1_000_000
"""Bytes of one frame. The largest a page sends is a drawn signature, of 400,000 characters."""

GOING_TOO_FAR, TOO_LARGE, TRY_LATER = 1008, 1009, 1013  # close codes of RFC 6455

# Engine.IO: close and pong. Socket.IO: connect, disconnect, and the two events that a page of Reflex sends.
OF_A_PAGE: Final = re.compile(
    r"""[13]$|40/_event,\{|40/_event$|40/_event,$|41/_event,?$|42/_event,[0-9]{0,9}\["(?:event|client_error)"[,\]]"""
)
MOST_HELD: Final = 20_000
PENALTY: Final = 10.0
"""Seconds in which whoever went too far gets no new socket."""


@dataclass
class Allowance:
    """So many at once, and so many more each second."""

    at_once: float
    a_second: float
    left: float = field(init=False)
    read_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.left = self.at_once

    def take(self, now: float) -> bool:
        self.left = min(self.at_once, self.left + (now - self.read_at) * self.a_second)
        self.read_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def wait(self) -> float:
        """Seconds until there is one more."""
        return max(0.001, (1 - self.left) / self.a_second)


@dataclass
class Known:
    """What is held against a browser or an address, in this process."""

    frames: Allowance
    sockets: Allowance
    offences: Allowance
    barred_until: float = 0.0

    def lets_in(self, now: float) -> bool:
        return now >= self.barred_until and self.sockets.take(now)

    def offended(self, now: float) -> None:
        """Whoever did it before gets no new socket for a while; open ones stay."""
        if not self.offences.take(now):
            self.barred_until = now + PENALTY


def of_browser() -> Known:
    return Known(frames=Allowance(300, 60), sockets=Allowance(60, 2), offences=Allowance(0, 0))


def of_address() -> Known:
    """A whole agency may stand behind one, so it takes more than one offence."""
    return Known(frames=Allowance(1500, 300), sockets=Allowance(300, 20), offences=Allowance(3, 0.1))


class Register:
    """Whoever was here lately; the longest silent are forgotten first."""

    def __init__(self, make: Callable[[], Known]) -> None:
        self._make = make
        self._known: dict[str, Known] = {}

    def __getitem__(self, name: str) -> Known:
        found = self._known.pop(name, None) or self._make()
        self._known[name] = found  # the last one now
        while len(self._known) > MOST_HELD:
            del self._known[next(iter(self._known))]
        return found


browsers, addresses = Register(of_browser), Register(of_address)


def lets_in(browser: str, address: str) -> bool:
    """Whether both may open another socket now."""
    now = time.monotonic()
    return browsers[browser].lets_in(now) and addresses[address].lets_in(now)


class Door:
    """Between the network and one open socket.

    Frames are read as they come and handed on at a page's pace. So when a flood is noticed, most of it was not worked
    on yet, and never will be.
    """

    def __init__(self, receive: Receive, send: Send, browser: str, address: str) -> None:
        self._receive, self._send, self._is_over = receive, send, False
        self._own, self._pace = Allowance(60, 20), Allowance(8, 40)
        self._browser, self._address = browsers[browser], addresses[address]
        self._waiting: deque[Message] = deque()
        self._reading: asyncio.Task[Message] | None = None

    async def receive(self) -> Message:
        if not self._waiting and self._reading is None:  # nearly always
            await self._take_in(await self._receive())
        while not self._is_over and not (self._waiting and self._pace.take(time.monotonic())):
            await self._read_on()
        return (
            {"type": "websocket.disconnect", "code": GOING_TOO_FAR}
            if self._is_over
            else self._waiting.popleft()
        )

    async def send(self, message: Message) -> None:
        if not self._is_over:
            await self._send(message)

    async def _read_on(self) -> None:
        """What comes while a frame waits for its turn; without one, for as long as it takes."""
        self._reading = self._reading or asyncio.create_task(self._next())
        await asyncio.wait({self._reading}, timeout=self._pace.wait() if self._waiting else None)
        if self._reading.done():
            message, self._reading = self._reading.result(), None
            await self._take_in(message)

    async def _next(self) -> Message:
        return await self._receive()

    async def _take_in(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            self._is_over = True
        elif message["type"] == "websocket.receive" and (refused := self._refused(message)):
            await self._close(*refused)
        else:
            self._waiting.append(message)

    def _refused(self, message: Message) -> tuple[int, str] | None:
        """The close code and why, in words for whoever reads the log or the browser's console."""
        text = message.get("text")
        if text is None:
            return GOING_TOO_FAR, "no page of ours sends binary frames"
        # A character has a byte at least; the exact number matters only near the limit.
        if len(text) > LARGEST or (
            len(text) * 4 > LARGEST and len(text.encode("utf-8", "replace")) > LARGEST
        ):
            return TOO_LARGE, f"a frame of more than {LARGEST:,} bytes"
        if not OF_A_PAGE.match(text):
            return GOING_TOO_FAR, "no page of ours sends such frames"
        now = time.monotonic()
        # In this order, so that a flood over one socket is held against its browser and its address only so far.
        if not (self._own.take(now) and self._browser.frames.take(now) and self._address.frames.take(now)):
            return TRY_LATER, "too many frames; try again in ten seconds"
        return None

    async def _close(self, code: int, why: str) -> None:
        self._is_over = True
        for known in (self._browser, self._address):
            known.offended(time.monotonic())
        log.warning("closed a socket: %s", why)
        await self._send({"type": "websocket.close", "code": code, "reason": why})
