"""The provider that always answers: from our clause library and the brief, or by fixed rules for a single clause.

It is a starting point, not legal advice, and the document says that it was not written by an AI.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from contractflow.integrations.ai.library import compose
from contractflow.integrations.ai.rephrasing import rephrase
from contractflow.integrations.ai.words import Done, Order, Piece

MODEL = "clause-library/2"
PIECES_PER_SECOND = 40
CHARACTERS_OF_A_CONTRACT = 6_000
_WORD = re.compile(r"\S+\s*|\s+")


class Placeholder:
    """Streams the text at a readable speed, `seconds` for a whole contract."""

    name = "placeholder"
    model = MODEL

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def stream(self, order: Order) -> AsyncIterator[Piece]:
        text = rephrase(order.rewrite) if order.rewrite else compose(order.brief)
        share = min(1.0, len(text) / CHARACTERS_OF_A_CONTRACT) if order.rewrite else 1.0
        seconds = self._seconds * share
        pieces = _in_pieces(text, max(1, int(seconds * PIECES_PER_SECOND)))
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number, piece in enumerate(pieces, start=1):
            yield piece
            # Against the clock, not per piece: a busy machine catches up instead of taking longer.
            await asyncio.sleep(max(0.0, started + seconds * number / len(pieces) - loop.time()))
        yield Done("stop", MODEL)

    async def close(self) -> None:
        """There is nothing to close."""


def _in_pieces(text: str, wanted: int) -> list[str]:
    """`text` cut between words into about `wanted` pieces, in order, nothing lost."""
    words = _WORD.findall(text)
    size = max(1, round(len(words) / wanted))
    return ["".join(words[start : start + size]) for start in range(0, len(words), size)]
