"""An answer to measure with (bench/drafting): pieces of one length at an even pace, each with the time it was sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

PIECES_IN_A_CLAUSE = 20
_WORDS = (
    "The Agency performs the services with the care of a prudent professional and keeps to the plan. " * 10
)


async def pieces(order: dict[str, Any]) -> AsyncIterator[str]:
    """`order`: `chunks` (how many), `characters` (of each, 60 to 900), `interval` and `delay` before the first (seconds).

    A piece ends with its number and the moment it left, in seconds of this machine's monotonic clock; the first one
    says as well when it was asked for. Together they are a text that can become a contract.
    """
    asked = time.monotonic()
    characters, interval = int(order["characters"]), float(order["interval"])
    for number in range(int(order["chunks"])):
        leaves_at = asked + float(order["delay"]) + number * interval
        await asyncio.sleep(max(0.0, leaves_at - time.monotonic()))
        clause = (
            "" if number % PIECES_IN_A_CLAUSE else f"\n\n## {number // PIECES_IN_A_CLAUSE + 1}. Duties\n\n"
        )
        opening = f"{clause}asked @{asked:.6f} " if number == 0 else clause
        ending = f"#{number} @{time.monotonic():.6f} "
        yield opening + _WORDS[: characters - len(opening) - len(ending) - 1] + " " + ending
