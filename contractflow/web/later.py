"""Work that an answer does not wait for, so that its time tells nothing, and work for as long as the process lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from contractflow.broker.endings import end

log = logging.getLogger(__name__)

_running: set[asyncio.Task[None]] = set()


def later(work: Coroutine[Any, Any, object]) -> None:
    """Do `work` in this process, after whoever asked has gone. What goes wrong is logged."""
    task = asyncio.create_task(_guarded(work))
    _running.add(task)  # the loop holds tasks only weakly
    task.add_done_callback(_running.discard)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Do `work` for as long as the process lives; it has ended before anybody closes what it listens to."""
    task = asyncio.create_task(_guarded(work))
    try:
        yield
    finally:
        await end(task)


async def settled() -> None:
    """Until everything that was put off is done: for the end of the process, and for tests."""
    while mine := [task for task in _running if task.get_loop() is asyncio.get_running_loop()]:
        await asyncio.wait(mine)


async def _guarded(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Exception:
        log.exception("work after an answer failed")
