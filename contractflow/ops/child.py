"""One child process: what it is, how it is started and read, and how its end is told."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contractflow.ops.embedded import Account
from contractflow.ops.processes import MARK, dies_with_parent

ROOT = Path(__file__).resolve().parents[2]
NICENESS = "10"
LINE_LIMIT = 1 << 20


@dataclass(frozen=True)
class Child:
    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], bool] | None = None
    """Asked in a thread until it says yes; None: ready as soon as it runs."""
    ready_within: float = 60
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 15
    account: Account = field(default_factory=lambda: Account(user=None, group=None, extra_groups=None))
    quiet: bool = False
    """Its output goes to the log file only."""
    gives_way: bool = False
    """Nobody waits for it with a finger on a button: on a full machine the others come first."""


async def spawn(child: Child, mark: str) -> asyncio.subprocess.Process:
    """Start it in a session of its own; whatever it leaves behind is found by the mark."""
    later = ["nice", "-n", NICENESS] if child.gives_way else []
    return await asyncio.create_subprocess_exec(
        *later,
        *child.argv,
        cwd=ROOT if child.account["user"] is None else "/",
        env={**os.environ, **child.env, MARK: mark},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C in the terminal is for us alone
        preexec_fn=dies_with_parent(child.stop_signal),
        limit=LINE_LIMIT,
        **child.account,
    )


async def ended(process: asyncio.subprocess.Process) -> int:
    # Not process.wait(): before Python 3.12.5 that also waits for grandchildren to let go of the pipes (gh-119710).
    while process.returncode is None:  # noqa: ASYNC110 -- asyncio offers no other way
        await asyncio.sleep(0.02)
    return process.returncode


async def line_of(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # a line beyond LINE_LIMIT
        return await stream.read(LINE_LIMIT)


def outcome(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
