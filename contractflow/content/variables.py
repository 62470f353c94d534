"""Variables like {{client.name}}: found in the text, filled once, never read as Markdown."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping

from contractflow.content.blocks import Block
from contractflow.content.nodes import visible
from contractflow.errors import Invalid

VARIABLE = re.compile(r"\{\{[ \t]*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,3})[ \t]*\}\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,3}")
LONGEST_NAME, MOST_TYPED = 60, 40
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")


def find(text: str) -> tuple[str, ...]:
    """The names of the variables in `text`, each once, in order of appearance."""
    return tuple(dict.fromkeys(VARIABLE.findall(text)))


def read(text: str) -> dict[str, str]:
    """What somebody typed, one a line, as names and values: "Start date = 1 May" is {"start_date": "1 May"}.

    A name alone has no value yet. Raises Invalid (field "variables") that says which line is none.
    """
    values: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in visible(text).splitlines())):
        typed, _, value = line.partition("=") if "=" in line else line.partition(":")
        name = re.sub(r"[^a-z0-9.]+", "_", typed.lower()).strip("_.")
        if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            raise Invalid(f"“{line[:60]}” is not a variable. Write it as “Start date = 1 May”.", "variables")
        values[name] = " ".join(value.split())
    if len(values) > MOST_TYPED:
        raise Invalid(f"At most {MOST_TYPED} variables; these are {len(values)}.", "variables")
    return values


def label(name: str) -> str:
    """ "start_date" as people read it: "Start date"."""
    words = name.replace("_", " ").replace(".", ", ")
    return words[:1].upper() + words[1:]


def missing(blocks: Iterable[Block], values: Mapping[str, str]) -> tuple[str, ...]:
    """The variables of `blocks` that have no value yet; they block submitting and sending."""
    names = dict.fromkeys(name for block in blocks for name in find(block.md))
    return tuple(name for name in names if not values.get(name, "").strip())


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its variables replaced; one without a value stays visible.

    Values are escaped and their white space is collapsed, so a client called "**Evil** [x](y)" stays a name,
    and a value that looks like a variable is not filled again.
    """
    return VARIABLE.sub(lambda match: _escaped(values.get(match[1], "")) or match[0], text)


def filled(blocks: Iterable[Block], values: Mapping[str, str]) -> tuple[Block, ...]:
    """`blocks` as a reader sees them."""
    return tuple(Block(block.id, fill(block.md, values)) for block in blocks)


def _escaped(value: str) -> str:
    """CommonMark 2.4: a backslash before any ASCII punctuation makes it literal."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(visible(value).split()))
