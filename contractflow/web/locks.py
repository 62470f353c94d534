"""A page's state has one lock in Redis, and whoever is cut off while taking or returning it must not keep it.

Reflex ends an event by cancelling its task: a later one supersedes it, its tab is gone. When that happens between
the command and Redis's answer, the lock stays for the ten seconds it lives, and the page's next event waits for them
(measured: one of six hundred with twenty people at work, 9.2 s). Here both commands are seen through to the end.
The same wait follows when the call "it is free" goes to an event that is cut off before it hears it: it passes it on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from reflex.istate.manager.redis import StateManagerRedis

# Reflex offers no other way to them.
_take = StateManagerRedis._try_get_lock  # noqa: SLF001
_wait = StateManagerRedis._wait_lock  # noqa: SLF001
_hold = StateManagerRedis._lock  # noqa: SLF001
_under_way: set[asyncio.Task[Any]] = set()

# KEYS[1] the lock; ARGV the id of whoever gives it back.
_GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


async def try_get_lock(manager: Any, lock_key: bytes, lock_id: bytes) -> bool | None:
    """Reflex's own, but a lock that comes after its event was cut off goes back at once."""
    taking = _seen_through(_take(manager, lock_key, lock_id))
    try:
        taken: bool | None = await asyncio.shield(taking)
    except asyncio.CancelledError:
        _seen_through(_give_back(manager, lock_key, lock_id, taking))
        raise
    return taken


async def wait_lock(manager: Any, lock_key: bytes, lock_id: bytes) -> None:
    """Reflex's own, but who leaves the line calls the next one: the call may have come to the one who leaves."""
    try:
        await _wait(manager, lock_key, lock_id)
    except BaseException:
        manager._notify_next_waiter(lock_key)  # noqa: SLF001
        raise


@asynccontextmanager
async def lock(manager: Any, token: Any, event_name: str | None = None) -> AsyncIterator[bytes]:
    """Reflex's own, but what was begun to return the lock is done to the end."""
    held = _hold(manager, token, event_name)
    lock_id = await held.__aenter__()
    problem: BaseException | None = None
    try:
        yield lock_id
    except BaseException as caught:
        problem = caught
        raise
    finally:
        ending = held.__aexit__(type(problem) if problem else None, problem, None)
        await asyncio.shield(_seen_through(ending))


def install() -> None:
    """Once, before the first event."""
    manager: Any = StateManagerRedis
    manager._try_get_lock, manager._wait_lock, manager._lock = try_get_lock, wait_lock, lock  # noqa: SLF001


async def settled() -> None:
    """Once everything that was begun for cut-off events is done."""
    while _under_way:
        await asyncio.wait(_under_way)


async def _give_back(manager: Any, lock_key: bytes, lock_id: bytes, taking: asyncio.Task[Any]) -> None:
    with suppress(Exception):
        await taking
    await manager.redis.eval(_GIVE_BACK, 1, lock_key, lock_id)
    manager._notify_next_waiter(lock_key)  # noqa: SLF001


def _seen_through(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A task of its own, held until it is done."""
    task = asyncio.create_task(work)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return task
