"""The words a new clause or template begins with, and which clause says nothing else yet."""

from __future__ import annotations

from collections.abc import Iterable

from contractflow.content.blocks import Block, heading

NEW_CLAUSE = "## New clause\n\nWrite here."
FIRST_CLAUSE = "## Scope\n\nWhat is agreed."
FIRST_POSITION = "What you want to agree."
NEW_FALLBACK = "What you settle for when the other side does not agree."


def unwritten(blocks: Iterable[Block]) -> str:
    """What to do about the first clause that says only what it began with, under whatever heading; "" when there is none."""
    for number, block in enumerate(blocks, start=1):
        if (words := _says(block)) in BEGINNINGS:
            name = heading(block)[:60]
            return (
                f"{f'“{name}”' if name else f'Clause {number}'} still says “{words}” Write it, or remove it."
            )
    return ""


def _says(block: Block) -> str:
    """What stands below the heading."""
    first, _, rest = block.md.partition("\n")
    return (rest if first.startswith("#") else block.md).strip()


BEGINNINGS = frozenset(
    _says(Block("", md)) for md in (NEW_CLAUSE, FIRST_CLAUSE, FIRST_POSITION, NEW_FALLBACK)
)
