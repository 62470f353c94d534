"""What a request may carry, and how slowly: counted while it comes, whatever its Content-Length says.

A route that takes more than a form says so here. Who is over the limit gets 413, who keeps us waiting 408.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contractflow.integrations.pictures import LARGEST as LARGEST_PICTURE
from contractflow.services.verification import LARGEST as LARGEST_PDF

FORM: Final = 64 * 1024
# fmt: off
LARGEST: Final[dict[str, int]] = {
    # the beginning of the address   bytes
    "/api/verify/":                  LARGEST_PDF,
    "/api/organisation/logo":       4 * LARGEST_PICTURE,  # what is larger than one is told so on its page
    "/api/webhooks/":                512 * 1024,    # the largest event Paddle documents is a tenth of it
    "/api/reports":                  16 * 1024,
}
# fmt: on
PATIENCE: Final = 10.0
"""Seconds in which the first piece has to come, or the next when the sender is behind."""
SLOWEST: Final = 8 * 1024
"""Bytes a second, on average, after that."""

TOO_LARGE: Final = "That is larger than what is taken here."
TOO_SLOW: Final = "It came too slowly. Please try again."


def largest(path: str) -> int:
    """Bytes that a request to `path` may carry."""
    return next((most for begins, most in LARGEST.items() if path.startswith(begins)), FORM)


class BodyLimits:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(receive, largest(scope["path"]))
        if body.is_too_large(_announced(scope)):  # nothing of it needs to be read
            await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)
            return
        await self.app(scope, body.receive, send)


class _Body:
    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most = receive, most
        self._came, self._began, self._is_whole = 0, time.monotonic(), False

    def is_too_large(self, size: int) -> bool:
        return size > self._most

    async def receive(self) -> Message:
        """Raises HTTPException with 413 or 408, which a route may answer in its own way."""
        if self._is_whole:  # what comes now is only that somebody left
            return await self._receive()
        try:
            async with asyncio.timeout(self._left()):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, TOO_SLOW) from None
        self._is_whole = not message.get("more_body", False)
        self._came += len(message.get("body", b""))
        if self.is_too_large(self._came):
            raise HTTPException(413, TOO_LARGE)
        return message

    def _left(self) -> float:
        """Whoever sends fast earns time for later."""
        return max(0.0, PATIENCE + self._came / SLOWEST - (time.monotonic() - self._began))


def _announced(scope: Scope) -> int:
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() else 0
