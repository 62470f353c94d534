"""What every child process of ours has in common: free ports, and dying with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def dies_with_parent(number: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """A `preexec_fn`: the kernel sends `number` to the child when the thread that started it ends, however it ends.

    Linux only; elsewhere the supervisor's watcher alone cleans up.
    """
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask_the_kernel


def is_free(port: int) -> bool:
    """Whether nobody listens on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(preferred: int = 0) -> int:
    """`preferred` when it is free, otherwise one the kernel picks."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


MARK = "CONTRACTFLOW_UP_MARK"
"""Stands in the environment of every process below `up`; children of children inherit it, whatever group they move to."""


def kill_marked(mark: str) -> None:
    """SIGKILL for whatever still carries `mark` (Linux; elsewhere the process groups have to do)."""
    needle = f"{MARK}={mark}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it ended, or it is somebody else's
            if any(
                entry == needle or entry.startswith(needle + b".")
                for entry in environment.read_bytes().split(b"\0")
            ):
                os.kill(int(environment.parent.name), signal.SIGKILL)


def signal_group(leader: int, number: int) -> bool:
    """Send `number` (0: only ask) to the process group of `leader`; False when nobody is left in it."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return False
    return True
