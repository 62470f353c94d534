"""A document is a row of blocks: Markdown from one "## " to the next, each with an id that outlives every edit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from contractflow.content import nodes
from contractflow.errors import Invalid, Stale

MOST_BLOCKS = 200
LONGEST_BLOCK = 20_000
LONGEST_TEXT = 400_000

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


@dataclass(frozen=True)
class Block:
    """One clause or paragraph: `id` is eight hexadecimal digits, `md` starts with its heading if it has one."""

    id: str
    md: str


def split(text: str, seed: str = "") -> tuple[Block, ...]:
    """The blocks of `text`; a new one starts at each line "## …" outside code fences.

    The n-th block of one `seed` (say, the draft job) always has the same id, so a text that is still growing
    keeps the ids of the blocks it already has.
    """
    taken: set[str] = set()
    blocks = []
    for number, md in enumerate(_pieces(clean(text))):
        block_id = _fresh_id(f"{seed}:{number}", taken)
        taken.add(block_id)
        blocks.append(Block(block_id, md))
    return tuple(blocks)


def join(blocks: Iterable[Block]) -> str:
    """The text of `blocks`; `split` gives the same pieces back."""
    return "\n\n".join(block.md for block in blocks)


def replace(blocks: Sequence[Block], block_id: str, md: str) -> tuple[Block, ...]:
    """`blocks` with another text in one of them, which keeps its id.

    Headings inside `md` start new blocks behind it; an empty `md` takes the block out.
    Raises Invalid when there is no such block.
    """
    if block_id not in {block.id for block in blocks}:
        raise Invalid("That clause is not in the document any more.")
    taken = {block.id for block in blocks}
    result: list[Block] = []
    for block in blocks:
        if block.id != block_id:
            result.append(block)
            continue
        for number, piece in enumerate(_pieces(clean(md))):
            new_id = block_id if number == 0 else _fresh_id(f"{block_id}:{number}", taken)
            taken.add(new_id)
            result.append(Block(new_id, piece))
    return tuple(result)


def edited(current: Block, md: str, base: str) -> str:
    """The text of `current` as somebody typed it who began with the text whose digest is `base`.

    What is there already is no edit, whatever they began with. Raises Stale when somebody else changed it in between.
    """
    text = clean(md).strip("\n").rstrip()
    if text == current.md:
        return text
    if base != digest(current):
        raise Stale(
            "Somebody changed this clause while you were typing. Your text is still here: copy it, then reload."
        )
    if not text.strip():
        raise Invalid("A clause cannot be empty. Remove it instead.", current.id)
    return text


def heading(block: Block) -> str:
    """The words of the block's heading, "" when it has none."""
    first = block.md.partition("\n")[0]
    return _title(first) if first.startswith("#") else ""


def digest(block: Block) -> str:
    """Short fingerprint of a block's text: an edit says which text it started from."""
    return hashlib.sha256(block.md.encode()).hexdigest()[:16]


@lru_cache(1_000)
def _title(line: str) -> str:
    parsed = nodes.parse(line)
    return nodes.plain(parsed).strip() if parsed and parsed[0]["type"] == "heading" else ""


def clean(text: str) -> str:
    """`text` in NFC with "\\n" line ends, without characters that cannot be seen, and with its last fence closed."""
    seen = nodes.visible(text)
    fence = _open_fence(seen)
    return f"{seen.rstrip()}\n{fence}" if fence else seen


def check(blocks: Sequence[Block]) -> None:
    """Refuse what no screen or PDF could show well. Raises Invalid whose `field` is the block's id."""
    if len(blocks) > MOST_BLOCKS:
        raise Invalid(f"A document has at most {MOST_BLOCKS} clauses; this one has {len(blocks)}.")
    if len({block.id for block in blocks}) != len(blocks):
        raise Invalid("Two clauses have the same id. Reload the page and try again.")
    for number, block in enumerate(blocks, start=1):
        if len(block.md) > LONGEST_BLOCK:
            raise Invalid(f"{_named(block, number)} is longer than {LONGEST_BLOCK:,} characters.", block.id)
        try:
            nodes.parse(block.md)
        except Invalid as wrong:
            raise Invalid(f"{_named(block, number)}: {wrong.message}", block.id) from None
    if sum(len(block.md) for block in blocks) > LONGEST_TEXT:
        raise Invalid(f"A document has at most {LONGEST_TEXT:,} characters in all.")


def _named(block: Block, number: int) -> str:
    words = heading(block)[:60] if len(block.md.partition("\n")[0]) < LONGEST_BLOCK else ""
    return f"The clause “{words}”" if words else f"Clause {number}"


def _pieces(text: str) -> list[str]:
    pieces: list[list[str]] = [[]]
    fence = ""
    for line in text.split("\n"):
        if not fence and line.startswith("## ") and any(before.strip() for before in pieces[-1]):
            pieces.append([])
        pieces[-1].append(line)
        fence = _fence_after(line, fence)
    trimmed = ("\n".join(lines).strip("\n").rstrip() for lines in pieces)
    return [piece for piece in trimmed if piece.strip()]


def _open_fence(text: str) -> str:
    fence = ""
    for line in text.split("\n"):
        fence = _fence_after(line, fence)
    return fence


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open behind `line`, "" for none (CommonMark 4.5)."""
    match = _FENCE.fullmatch(line)
    if not match:
        return fence
    mark, rest = match.groups()
    if not fence:
        return "" if mark[0] == "`" and "`" in rest else mark
    closes = mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip()
    return "" if closes else fence


def _fresh_id(seed: str, taken: set[str]) -> str:
    attempt = seed
    while (block_id := hashlib.sha256(attempt.encode("utf-8", "replace")).hexdigest()[:8]) in taken:
        attempt += "+"
    return block_id
