"""One pool of connections per process and role."""

from __future__ import annotations

import os
import select
from threading import Lock
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from contractflow.config import settings
from contractflow.db.roles import DbRole

_WAIT_SECONDS = 5
_LIMITS_MS = {
    #                statement, lock, idle in a transaction
    DbRole.OWNER: (0, 5_000, 0),
    DbRole.APP: (15_000, 5_000, 30_000),
    DbRole.WORKER: (60_000, 5_000, 60_000),
    DbRole.OPS: (300_000, 5_000, 60_000),
}

_process_role = DbRole.APP
_engines: dict[DbRole, Engine] = {}
_lock = Lock()


def use_role(role: DbRole) -> None:
    """Say once, when a process starts, who it is: workers are `DbRole.WORKER`."""
    global _process_role  # noqa: PLW0603  one fact per process
    _process_role = role


def process_role() -> DbRole:
    return _process_role


def engine(role: DbRole | None = None) -> Engine:
    """The engine of this process for `role`, by default the role the process has."""
    chosen = role or _process_role
    with _lock:
        if chosen not in _engines:
            _engines[chosen] = _make(chosen)
        return _engines[chosen]


def forget_engines() -> None:
    """Close every pool of this process."""
    with _lock:
        while _engines:
            _engines.popitem()[1].dispose()


def _leave_to_parent() -> None:
    """A forked child has copies of the parent's connections: it must neither use nor close them."""
    global _lock  # noqa: PLW0603  another thread of the parent may have held it
    _lock = Lock()
    while _engines:
        _engines.popitem()[1].dispose(close=False)


os.register_at_fork(after_in_child=_leave_to_parent)


def _make(role: DbRole) -> Engine:
    made = create_engine(
        settings().database_url.get_secret_value(),
        connect_args={"options": options(role)},
        pool_size=settings().database_pool,
        max_overflow=0,
        pool_timeout=_WAIT_SECONDS,
        native_inet_types=False,
        hide_parameters=True,  # names, addresses and hashes have no place in a log
    )
    event.listen(made, "checkout", _refuse_a_dead_one)
    return made


def _refuse_a_dead_one(connection: Any, _record: object, _proxy: object) -> None:
    """A server that went away has closed the socket, which then is readable: the pool replaces all it had.

    The pool's own way, to ask the server, is one more round trip for every transaction.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError("the database closed this connection")


def options(role: DbRole) -> str:
    """What a connection says when it starts.

    A plan made for a small organisation is bad for a large one: measured 67 ms against 0.7 ms, hence custom plans.
    """
    statement, lock, idle = _LIMITS_MS[role]
    chosen = {
        "role": role,
        "plan_cache_mode": "force_custom_plan",
        "timezone": "UTC",
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": idle,
    }
    return " ".join(f"-c {name}={value}" for name, value in chosen.items())
