"""Numbered headings: a clause comes in between, and the numbers behind it make room."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from contractflow.content.blocks import Block

_NUMBERED = re.compile(r"^## (\d{1,3})([a-z]?)\.[ \t]+")
_REFERENCE = re.compile(
    r"(?:\b(?:clauses?|sections?|articles?|paragraphs?|nos?\.)|§{1,2})\s*(\d{1,3})\b", re.IGNORECASE
)


def insert(blocks: Sequence[Block], position: int, new: Block) -> tuple[Block, ...]:
    """`blocks` with `new` (whose heading has no number yet, "## Title") at `position`, numbered like the others.

    The clauses behind it count on. Where a text refers to one of them by its number ("see clause 7"), they keep their
    numbers, and the new one becomes "6a.".
    """
    before, behind = tuple(blocks[:position]), tuple(blocks[position:])
    if not any(_NUMBERED.match(block.md) for block in blocks):
        return (*before, new, *behind)
    last = next((number for block in reversed(before) if (number := _number(block))), 0)
    if _is_referred_to(blocks, last + 1):
        return (*before, _with(new, f"{last}{_free_letter(blocks, last)}"), *behind)
    counted = (_with(block, str(_number(block) + 1)) if _number(block) > last else block for block in behind)
    return (*before, _with(new, str(last + 1)), *counted)


def _number(block: Block) -> int:
    """0 for a clause without a number, and for one like 6a, which belongs to its 6."""
    found = _NUMBERED.match(block.md)
    return int(found[1]) if found and not found[2] else 0


def _is_referred_to(blocks: Sequence[Block], least: int) -> bool:
    return any(int(number) >= least for block in blocks for number in _REFERENCE.findall(block.md))


def _free_letter(blocks: Sequence[Block], number: int) -> str:
    taken = {found[2] for block in blocks if (found := _NUMBERED.match(block.md)) and int(found[1]) == number}
    return next((letter for letter in string.ascii_lowercase if letter not in taken), "z")


def _with(block: Block, number: str) -> Block:
    bare = _NUMBERED.sub("## ", block.md)
    return Block(block.id, f"## {number}. {bare.removeprefix('## ')}")
