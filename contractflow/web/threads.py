"""Database work off the event loop, in as many threads as there are connections: none waits holding another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import cache, partial
from typing import Any, Concatenate, ParamSpec, TypeVar

from contractflow.config import settings
from contractflow.db.unit_of_work import DatabaseAway, UnitOfWork, glance, unit_of_work
from contractflow.errors import Unavailable
from contractflow.permissions import Actor, Visitor

Args = ParamSpec("Args")
Result = TypeVar("Result")
Answer = asyncio.Future
log = logging.getLogger(__name__)

AWAY = "Our database does not answer right now. Nothing was changed; try again in a moment."
SECONDS_BETWEEN_TRIES = 0.25
PATIENCE = 8.0
"""Seconds that somebody may wait for a database that restarts."""


async def perform(
    actor: Actor,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """Do one verb of a service as `actor`, in one transaction. Raises Unavailable when the database stays away.

    The answer is the first thing that follows the commit: nobody waits until a worker is woken and the others are told.
    """

    def transaction(answer: Answer[Result]) -> None:
        with unit_of_work(actor) as work:
            result = verb(work, *args, **kwargs)
            work.after_commit(partial(_tell, answer, answer.set_result, result), first=True)

    return await _patiently(transaction)


async def look(
    visitor: Visitor,
    verb: Callable[Concatenate[UnitOfWork, Args], Result],
    *args: Args.args,
    **kwargs: Args.kwargs,
) -> Result:
    """Ask what a gate function answers to everybody; see `glance`. Raises Unavailable."""

    def question(answer: Answer[Result]) -> None:
        with glance(visitor) as work:
            _tell(answer, answer.set_result, verb(work, *args, **kwargs))

    return await _patiently(question)


async def _patiently(doing: Callable[[Answer[Result]], None]) -> Result:
    """A database that is away for a moment is waited for; what nothing was changed by is simply done again."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE
    while True:
        try:
            return await _elsewhere(doing)
        except DatabaseAway as problem:
            if loop.time() > give_up_at:
                log.warning("the database does not answer: %s", type(problem.orig).__name__)
                raise Unavailable(AWAY) from None
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def _elsewhere(doing: Callable[[Answer[Result]], None]) -> Result:
    """What `doing` tells its answer from a thread, or the exception that ended it."""
    answer: Answer[Result] = asyncio.get_running_loop().create_future()

    def attempt() -> None:
        try:
            doing(answer)
        except StopIteration as stopped:  # which no future takes
            _tell(answer, answer.set_exception, RuntimeError(repr(stopped)))
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
