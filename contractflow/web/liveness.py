"""A crashed process must not cost its people their page state.

Reflex keeps "this token has a socket there" in Redis for as long as the state, and takes a reconnecting tab for a
copy of another one while that record exists: it gets a new, empty state. A process that was killed leaves its
records behind. Here each process holds a subscription that ends with it, and a record whose owner holds none is
dropped before Reflex looks.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
from typing import Any

from redis.exceptions import RedisError
from reflex.utils.token_manager import RedisTokenManager

from contractflow.broker.endings import end

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
_link = RedisTokenManager.link_token_to_sid


async def stay_known(app: Any) -> None:
    """Runs as long as the process: shows that it is alive."""
    manager = app.event_namespace._token_manager  # noqa: SLF001  Reflex offers no other way to it
    while isinstance(manager, RedisTokenManager):
        try:
            async with manager.redis.pubsub() as shown:
                await shown.subscribe(_channel(manager.instance_id))
                while True:
                    await shown.get_message(timeout=5)
        except (RedisError, OSError) as gone:
            log.warning("cannot show that this process is alive, trying again: %s", gone)
            await asyncio.sleep(RETRY_SECONDS)


async def fall_silent(app: Any) -> None:
    """End what Reflex listens to in Redis. It cancels these itself, once, and would wait for good when that is not heard."""
    tokens, states = app.event_namespace._token_manager, app.state_manager  # noqa: SLF001  Reflex offers no other way
    listening = [(tokens, "_socket_record_task"), (tokens, "_lost_and_found_task"), (states, "_lock_task")]
    for whose, name in listening:
        if task := getattr(whose, name, None):
            await end(task)


async def link_token_to_sid(manager: Any, token: str, sid: str) -> Any:
    """Reflex's own, after the record of a dead process is gone."""
    try:
        key = manager._get_redis_key(token)  # noqa: SLF001
        if kept := await manager.redis.get(key):
            owner = pickle.loads(kept).instance_id  # noqa: S301  Reflex's own record in Reflex's own format
            if owner != manager.instance_id and not await _is_alive(manager, owner):
                await manager.redis.delete(key)
                manager.token_to_socket.pop(token, None)
    except (RedisError, OSError) as gone:
        log.warning("cannot tell whether another process is alive: %s", gone)
    return await _link(manager, token, sid)


def install() -> None:
    """Once, before the first socket."""
    manager: Any = RedisTokenManager
    manager.link_token_to_sid = link_token_to_sid


async def _is_alive(manager: Any, owner: str) -> bool:
    return bool((await manager.redis.pubsub_numsub(_channel(owner)))[0][1])


def _channel(instance_id: str) -> str:
    return f"cf:alive:{instance_id}"
