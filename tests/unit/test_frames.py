"""What a socket's door does with frames at the pace that pages send them."""

from __future__ import annotations

import asyncio

from starlette.types import Message

from contractflow.web.frames import Door

PONG: Message = {"type": "websocket.receive", "text": "3"}
BURST = 12
"""More than pass at once, so that the door begins to read ahead."""


async def test_after_a_burst_the_door_waits_for_the_next_frame():
    """Reading ahead was left behind with nothing in hand, and the next pause closed the socket with an IndexError."""
    coming: asyncio.Queue[Message] = asyncio.Queue()

    async def send(_message: Message) -> None:
        raise AssertionError("nobody went too far")

    door = Door(coming.get, send, browser="burst", address="burst")
    for _ in range(BURST):
        coming.put_nowait(PONG)
    assert [await door.receive() for _ in range(BURST)] == [PONG] * BURST
    waiting = asyncio.create_task(door.receive())
    await asyncio.sleep(0.1)  # long enough for the pace to let one more through
    assert not waiting.done()
    coming.put_nowait(PONG)
    assert await waiting == PONG
