"""A clause said differently by fixed rules: what the clause library can do for a rewrite when no AI answers.

It understands "stricter", "shorter" and "plainer". Any other wish it cannot follow, so it writes it below the clause
for a person to work in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from contractflow.integrations.ai.brief import one_line
from contractflow.integrations.ai.words import Rewrite

LEFT_TO_DO = "**Still to be worked in:**"
_SENTENCE = re.compile(r"(?<=[.!?])[ \t]+(?=[A-Z“\"*{])")

# fmt: off
_STRICTER = {
    "should": "shall", "will": "shall", "must": "shall", "makes sure": "guarantees", "tries to": "shall",
    "without delay": "at once, and at the latest within two working days", "in good time": "at the latest five working days before it is needed",
    "as soon as possible": "at the latest within two working days", "is expected to": "shall", "agrees to": "shall",
}
_PLAINER = {
    "shall": "must", "prior to": "before", "pursuant to": "under", "in the event that": "if", "herein": "here",
    "hereunder": "under this agreement", "notwithstanding": "despite", "commencing": "beginning", "terminate": "end",
    "remedy": "put right", "upon": "on", "obligations": "duties", "in respect of": "about", "not exceeding": "of at most",
    "without undue delay": "at once", "to the extent": "as far as", "the Parties": "the two sides", "either Party": "either side",
    "neither Party": "neither side", "each Party": "each side", "engage": "use",
}
# fmt: on
_BINDING = "Every duty and every date in this clause is binding."


def rephrase(rewrite: Rewrite) -> str:
    """The clause as Markdown, with its heading and its variables as they were. The same order gives the same text."""
    lines = rewrite.md.strip().split("\n")
    heading, body = (lines[0], "\n".join(lines[1:])) if lines[0].startswith("#") else ("", rewrite.md)
    said = _WAYS[rewrite.wish](body.strip()) if rewrite.wish in _WAYS else _noted(body.strip(), rewrite.wish)
    return f"{heading}\n\n{said}" if heading else said


def _stricter(body: str) -> str:
    said = _replaced(body, _STRICTER)
    return said if _BINDING in said else f"{said}\n\n{_BINDING}"


def _plainer(body: str) -> str:
    return re.sub(r"; (\w)", lambda found: f". {found[1].upper()}", _replaced(body, _PLAINER))


def _shorter(body: str) -> str:
    """The first half of each paragraph's sentences, and whatever holds a variable; lists stay."""
    return "\n\n".join(
        part if part.lstrip().startswith(("-", "*", "1.")) else _half(part)
        for part in re.split(r"\n{2,}", body)
    )


def _half(paragraph: str) -> str:
    sentences = _SENTENCE.split(paragraph)
    kept = math.ceil(len(sentences) / 2)
    return " ".join(s for n, s in enumerate(sentences) if n < kept or "{{" in s)


def _noted(body: str, wish: str) -> str:
    return f"{body}\n\n{LEFT_TO_DO} {one_line(wish)}"


def _replaced(body: str, words: dict[str, str]) -> str:
    pattern = re.compile(
        rf"\b({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", re.IGNORECASE
    )
    return pattern.sub(lambda found: _cased(words, found[0]), body)


def _cased(words: dict[str, str], found: str) -> str:
    said = next(new for old, new in words.items() if old.lower() == found.lower())
    return said[:1].upper() + said[1:] if found[:1].isupper() else said


_WAYS: dict[str, Callable[[str], str]] = {"stricter": _stricter, "shorter": _shorter, "plainer": _plainer}
