"""Database work off the event loop, in as many threads as there are connections: none waits holding another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Concatenate, ParamSpec, TypeVar

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.permissions import Actor

Args = ParamSpec("Args")
Result = TypeVar("Result")


async def perform(
    actor: Actor,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """Do one verb of a service as `actor`, in one transaction."""

    def transaction() -> Result:
        with unit_of_work(actor) as work:
            return verb(work, *args, **kwargs)

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads(), copy_context().run, transaction)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings().database_pool, thread_name_prefix="database")
