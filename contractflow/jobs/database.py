"""The database for jobs that share an event loop: off the loop, and with patience where a text would be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.permissions import System

PATIENCE = 30
"""Seconds a finished text waits for a database that restarts."""

Args = ParamSpec("Args")
Result = TypeVar("Result")


async def perform(
    actor: System,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """Do one verb of a service as `actor`, in one transaction, off the event loop."""

    def call() -> Result:
        with unit_of_work(actor) as work:
            return verb(work, *args, **kwargs)

    return await asyncio.to_thread(call)


async def patiently(
    actor: System,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """`perform`, again and again while the database is away."""
    give_up_at = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            return await perform(actor, verb, *args, **kwargs)
        except OperationalError:
            if asyncio.get_running_loop().time() > give_up_at:
                raise
            await asyncio.sleep(0.5)
