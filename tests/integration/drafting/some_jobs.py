"""Jobs for the tests of the worker itself: they wait in the ways that jobs wait."""

from __future__ import annotations

import asyncio
import time


async def wait(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


def wait_in_a_thread(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


async def fail() -> None:
    raise ZeroDivisionError
