"""Files that are written while they are downloaded, so that they are never whole in memory."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse


def streamed(name: str, mime: str, content: AsyncIterator[bytes]) -> Response:
    """A download called `name`, which no cache remembers."""
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return StreamingResponse(content, media_type=mime, headers=headers)


class Outlet(io.RawIOBase):
    """What an archive writes, until it is taken; it cannot go back, so nothing has to be kept."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        self._pieces.append(bytes(piece))  # type: ignore[call-overload]
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
