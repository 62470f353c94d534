"""The words a new clause begins with, and which clause says nothing else yet."""

from __future__ import annotations

from collections.abc import Iterable

from contractflow.content.blocks import Block, heading

BEGINNING = "Write here."
NEW_CLAUSE = f"## New clause\n\n{BEGINNING}"
TO_DO = f"still says “{BEGINNING}” Write it, or remove it."


def unwritten(blocks: Iterable[Block]) -> str:
    """What to do about the first clause that says only what it began with, under whatever heading; "" when there is none."""
    for number, block in enumerate(blocks, start=1):
        if _says(block) == BEGINNING:
            name = heading(block)[:60]
            return f"{f'“{name}”' if name else f'Clause {number}'} {TO_DO}"
    return ""


def _says(block: Block) -> str:
    """What stands below the heading."""
    first, _, rest = block.md.partition("\n")
    return (rest if first.startswith("#") else block.md).strip()
