"""To end a task that talks to Redis.

redis-py loses a cancellation now and then: of 1,920 readers that were cancelled while they connected, listened or connected
again, 662 went on (7.4.1 on Python 3.11, a busy loop, a server that restarts). Whoever then waits for such a task waits for good.
"""

from __future__ import annotations

import asyncio
from typing import Any

HEARD_SECONDS = 0.1


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel `task` until it has heard it. What it answered, or its exception, is left in it."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=HEARD_SECONDS)
