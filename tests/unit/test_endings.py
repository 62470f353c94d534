"""Cancellations get lost in redis-py: nobody may wait for good for a task that has not heard one."""

from __future__ import annotations

import asyncio

from contractflow.broker.endings import end
from contractflow.web.later import beside


async def deaf(times: int, heard: list[str]) -> None:
    """Loses `times` cancellations, as a reader does that takes them for the end of its wait and reads on."""
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            heard.append("cancelled")
            if len(heard) > times:
                raise


async def test_a_task_that_loses_cancellations_is_told_until_it_has_heard() -> None:
    heard: list[str] = []
    task = asyncio.create_task(deaf(2, heard))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(task)
    assert task.cancelled()
    assert len(heard) == 3


async def test_what_a_task_has_answered_is_left_in_it() -> None:
    task = asyncio.create_task(asyncio.sleep(0, "an answer"))
    await task
    await end(task)
    assert task.result() == "an answer"


async def test_the_process_ends_though_what_ran_beside_it_lost_the_first_word() -> None:
    heard: list[str] = []
    async with asyncio.timeout(5):
        async with beside(deaf(1, heard)):
            await asyncio.sleep(0)
    assert len(heard) == 2
