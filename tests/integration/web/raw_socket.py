"""A socket as an attacker writes it: frames by hand, nothing done by a client library."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.integration.web.test_door import BOOT, ROOT_STATE, Browser

ROUTER = {"pathname": "/verify/x", "asPath": "/verify/x", "query": {"code": "x"}}
FIND = f"{ROOT_STATE}.contractflow___state___verify____verify_state.find"
"""A public handler that answers with a redirect and touches no database."""


@dataclass
class RawSocket:
    socket: aiohttp.ClientWebSocketResponse
    heard: list[str] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        return self.socket.closed

    @property
    def ended_with(self) -> int | None:
        return self.socket.close_code

    async def say(self, frame: str | bytes) -> None:
        await (self.socket.send_str(frame) if isinstance(frame, str) else self.socket.send_bytes(frame))

    async def emit(self, *words: Any) -> None:
        await self.say(f"42/_event,{json.dumps(list(words), separators=(',', ':'))}")

    async def send(self, name: str, payload: Any = None, **more: Any) -> None:
        await self.emit("event", {"name": name, "payload": payload or {}, "router_data": ROUTER, **more})

    async def hears(self, words: str, within: float = 10) -> bool:
        """Whether something with `words` in it arrives in time."""
        end = asyncio.get_running_loop().time() + within
        while not any(words in frame for frame in self.heard):
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not await self._next(left):
                return any(words in frame for frame in self.heard)
        return True

    async def is_cut(self, within: float = 10) -> bool:
        """Whether the server closes it in time."""
        end = asyncio.get_running_loop().time() + within
        while (left := end - asyncio.get_running_loop().time()) > 0 and not self.socket.closed:
            await self._next(left)
        return self.socket.closed

    async def _next(self, within: float) -> bool:
        try:
            message = await self.socket.receive(within)
        except TimeoutError:
            return False
        if message.type is aiohttp.WSMsgType.TEXT:
            if message.data == "2":  # a ping wants its pong
                await self.say("3")
            self.heard.append(message.data)
            return True
        return False


@asynccontextmanager
async def raw_socket(
    browser: Browser, token: str, *, at: str = "127.0.0.1", **headers: str
) -> AsyncIterator[RawSocket]:
    """Connected and hydrated. `at` is the address it comes from: what it does is held against that."""
    wanted = {"origin": browser.address, "cookie": browser.cookie, **headers}
    url = f"{browser.address}/_event/?token={token}&EIO=4&transport=websocket"
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(at, 0))) as session,
        session.ws_connect(url, headers={k: v for k, v in wanted.items() if v}, max_msg_size=0) as socket,
    ):
        raw = RawSocket(socket)
        await raw.say(f"40/_event,{json.dumps({'event': BOOT})}")
        assert await raw.hears("is_hydrated", 20)
        raw.heard.clear()
        yield raw
