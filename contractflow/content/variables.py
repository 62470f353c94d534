"""Variables like {{client.name}}: found in the text, filled once, never read as Markdown."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping

from contractflow.content.blocks import Block
from contractflow.content.nodes import visible

_VARIABLE = re.compile(r"\{\{[ \t]*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,3})[ \t]*\}\}")
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")


def find(text: str) -> tuple[str, ...]:
    """The names of the variables in `text`, each once, in order of appearance."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def missing(blocks: Iterable[Block], values: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of `blocks` that have no value yet; they block submitting and sending."""
    names = dict.fromkeys(name for block in blocks for name in find(block.md))
    return tuple(name for name in names if not values.get(name, "").strip())


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its variables replaced; one without a value stays visible.

    Values are escaped and their white space is collapsed, so a client called "**Evil** [x](y)" stays a name,
    and a value that looks like a variable is not filled again.
    """
    return _VARIABLE.sub(lambda match: _escaped(values.get(match[1], "")) or match[0], text)


def filled(blocks: Iterable[Block], values: Mapping[str, str]) -> tuple[Block, ...]:
    """`blocks` as a reader sees them."""
    return tuple(Block(block.id, fill(block.md, values)) for block in blocks)


def _escaped(value: str) -> str:
    """CommonMark 2.4: a backslash before any ASCII punctuation makes it literal."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(visible(value).split()))
