"""Database work off the event loop, in as many threads as there are connections: none waits holding another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import cache, partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork, glance, unit_of_work
from contractflow.permissions import Actor, Visitor

Args = ParamSpec("Args")
Result = TypeVar("Result")


async def perform(
    actor: Actor,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """Do one verb of a service as `actor`, in one transaction.

    The answer is the first thing that follows the commit: nobody waits until a worker is woken and the others are told.
    """
    answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def transaction() -> None:
        with unit_of_work(actor) as work:
            result = verb(work, *args, **kwargs)
            work.after_commit(partial(_tell, answer, answer.set_result, result), first=True)

    return await _elsewhere(transaction, answer)


async def look(
    visitor: Visitor,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """Ask what a gate function answers to everybody; see `glance`."""
    answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def question() -> None:
        with glance(visitor) as work:
            _tell(answer, answer.set_result, verb(work, *args, **kwargs))

    return await _elsewhere(question, answer)


async def _elsewhere(doing: Callable[[], None], answer: asyncio.Future[Result]) -> Result:
    """What `doing` tells `answer` from a thread, or the exception that ended it."""

    def attempt() -> None:
        try:
            doing()
        except BaseException as problem:  # noqa: BLE001  whatever it is, it is for whoever waits
            _tell(answer, answer.set_exception, problem)

    _threads().submit(copy_context().run, attempt)
    return await answer


def _tell(answer: asyncio.Future[Any], how: Callable[[Any], None], what: object) -> None:
    """From a thread; whoever waited may have left, and the loop with them."""
    with suppress(RuntimeError):
        answer.get_loop().call_soon_threadsafe(lambda: None if answer.done() else how(what))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings().database_pool, thread_name_prefix="database")
