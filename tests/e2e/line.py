"""Somebody's line to the server, in the test's hand: it can be slow to the point of standing still, and it can be cut."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.async_api import Page, WebSocketRoute

Message = str | bytes


class Line:
    """`line = await Line.of(page)` before the page is opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.sent: list[str] = []
        """What the page has said, whether it has arrived or not."""
        self._is_held = False
        self._hold_behind = ""
        self._spoilt: tuple[str, str] | None = None
        self._waiting: list[Callable[[], None]] = []
        self._open: list[WebSocketRoute] = []

    @classmethod
    async def of(cls, page: Page) -> Line:
        line = cls(page)
        await page.route_web_socket(re.compile(r"/_event"), line._connect)
        return line

    def hold(self) -> None:
        """From here on nothing arrives, in neither direction."""
        self._is_held = True

    def hold_behind(self, words: str) -> None:
        """The same, but not before the server has said something with `words`."""
        self._hold_behind = words

    def spoil(self, pattern: str = "", instead: str = "") -> None:
        """What the server says arrives with `instead` in every place that fits `pattern`; without one whole again."""
        self._spoilt = (pattern, instead) if pattern else None

    def let_go(self) -> None:
        """What waited arrives, in its order."""
        self._is_held = False
        waiting, self._waiting = self._waiting, []
        for pass_on in waiting:
            pass_on()

    async def cut(self) -> None:
        """Ends, and cannot be opened again before it is mended."""
        await self._page.context.set_offline(True)
        was_open, self._open = self._open, []
        for socket in was_open:
            await socket.close()

    async def mend(self) -> None:
        await self._page.context.set_offline(False)

    def said(self, handler: str) -> int:
        """How often the page has called a handler."""
        return sum(f'.{handler}"' in words for words in self.sent)

    def _connect(self, socket: WebSocketRoute) -> None:
        self._open.append(socket)
        server = socket.connect_to_server()

        def out(message: Message) -> None:
            self.sent.append(str(message))
            self._pass(lambda: server.send(message))

        socket.on_message(out)
        server.on_message(lambda message: self._hear(socket, message))

    def _hear(self, socket: WebSocketRoute, message: Message) -> None:
        heard = re.sub(*self._spoilt, message) if self._spoilt and isinstance(message, str) else message
        self._pass(lambda: socket.send(heard))
        if self._hold_behind and self._hold_behind in str(message):
            self._hold_behind = ""
            self.hold()

    def _pass(self, pass_on: Callable[[], None]) -> None:
        if self._is_held:
            self._waiting.append(pass_on)
        else:
            pass_on()
