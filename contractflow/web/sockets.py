"""Which browser tabs are connected to this process: a long task for a tab ends with the tab's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

REMEMBER_SECONDS = 60.0
"""How long a socket that we closed counts as gone; by then Reflex has forgotten it as well."""

_apps: list[Any] = []
_own: ContextVar[str] = ContextVar("own_socket", default="")
_sleepers: dict[str, set[Callable[[], None]]] = {}
_gone: set[str] = set()


def know(app: Any) -> None:
    """Called once per process, with the Reflex app whose sockets are meant."""
    _apps[:] = [app]


def is_connected(sid: str) -> bool:
    """Whether the socket that an event came over is still there; a tab that reconnects has another one."""
    return sid not in _gone and (not _apps or sid in _apps[0].event_namespace.sid_to_token)


def set_own(sid: str) -> None:
    """The socket that the present event came over."""
    _own.set(sid)


@contextmanager
def woken(wake: Callable[[], None]) -> Iterator[None]:
    """Call `wake` when the socket of the present event is closed, so that what waits for news ends with it."""
    sid = _own.get()
    sleepers = _sleepers.setdefault(sid, set())
    sleepers.add(wake)
    try:
        yield
    finally:
        sleepers.discard(wake)
        if not sleepers:
            _sleepers.pop(sid, None)


async def pause(seconds: float) -> None:
    """Sleep, but no longer than the socket of the present event is there."""
    over = asyncio.Event()
    with woken(over.set), suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await over.wait()


def gone(sid: str) -> None:
    """We close this socket: whatever runs for it ends now."""
    _gone.add(sid)
    asyncio.get_running_loop().call_later(REMEMBER_SECONDS, _gone.discard, sid)
    for wake in tuple(_sleepers.get(sid, ())):
        wake()
