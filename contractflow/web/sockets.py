"""Which browser tabs are connected to this process: a long task for a tab ends with the tab's socket."""

from __future__ import annotations

from typing import Any

_apps: list[Any] = []


def know(app: Any) -> None:
    """Called once per process, with the Reflex app whose sockets are meant."""
    _apps[:] = [app]


def is_connected(sid: str) -> bool:
    """Whether the socket that an event came over is still there; a tab that reconnects has another one."""
    return not _apps or sid in _apps[0].event_namespace.sid_to_token
