"""The proof of a trail for an open page: step by step off the event loop, with how far it is a few times a second."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

from contractflow.services import audit

TOLD_EVERY: Final = 0.25
"""Seconds between two answers: a page need not know every step."""

Perform = Callable[..., Awaitable[Any]]


async def proof(perform: Perform) -> AsyncGenerator[tuple[int, int]]:
    """(events proved, events in all) now and then, (0, 0) at the end, also when it fails. `perform` does one verb."""
    try:
        walk = await perform(audit.begin)
        yield 0, max(walk.head.seq, 1)
        told = time.monotonic()
        while walk.verdict is None:
            walk = await perform(audit.go_on, walk)
            if time.monotonic() - told >= TOLD_EVERY:
                told = time.monotonic()
                yield walk.at.seq, walk.head.seq
        await perform(audit.conclude, walk.verdict)
    except Exception:
        yield 0, 0
        raise
    yield 0, 0
