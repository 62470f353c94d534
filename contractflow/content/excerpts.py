"""The place of a text that says what somebody looks for, in pieces, so that the words found can be marked.

Words are compared as the search of the database compares them: small, without accents, from their beginning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

AROUND = 70
"""Characters kept before the first word found, and twice as many after it."""


@dataclass(frozen=True)
class Piece:
    text: str
    is_found: bool = False


def folded(text: str) -> str:
    """In small, without accents."""
    apart = unicodedata.normalize("NFKD", text).lower()
    return "".join(one for one in apart if not unicodedata.combining(one))


def words_in(text: str) -> list[str]:
    """The words of what was typed, folded: letters and digits, parted by anything else."""
    return ["".join(run) for is_word, run in groupby(folded(text), str.isalnum) if is_word]


def excerpt(texts: Iterable[str], words: Sequence[str]) -> list[Piece]:
    """A line out of the first of `texts` that holds most of `words` (as `words_in` gives them); empty if none holds one."""
    best, most = "", 0
    for text in texts:
        held = len({word for _, _, word in _found(text, words)})
        if held > most:
            best, most = text, held
    return marked(_around(best, words), words) if most else []


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The whole of `text`, parted where one of `words` begins a word in it."""
    pieces, end = [], 0
    for start, stop, _ in _found(text, words):
        if start > end:
            pieces.append(Piece(text[end:start]))
        pieces.append(Piece(text[start:stop], is_found=True))
        end = stop
    return [*pieces, Piece(text[end:])] if end < len(text) else pieces


def _around(text: str, words: Sequence[str]) -> str:
    """The neighbourhood of the first word found, cut between words."""
    line = " ".join(text.split())
    start, _, _ = next(_found(line, words))
    begin = line.rfind(" ", 0, max(start - AROUND, 0)) + 1 if start > AROUND else 0
    end = start + 2 * AROUND
    cut = line.rfind(" ", start, end) if end < len(line) else len(line)
    shown = line[begin : cut if cut > start else end]
    return f"{'… ' if begin else ''}{shown}{' …' if begin + len(shown) < len(line) else ''}"


def _found(text: str, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Where one of `words` begins a word of `text`: from, to, which."""
    at = 0
    for is_word, run in groupby(text, _is_part):
        token = "".join(run)
        said = folded(token) if is_word else ""
        hit = next((word for word in words if said.startswith(word) and _is_enough(word, said)), None)
        if said and hit:
            yield at, at + len(token), hit
        at += len(token)


def _is_part(character: str) -> bool:
    return character.isalnum() or bool(unicodedata.combining(character))


def _is_enough(word: str, said: str) -> bool:
    """A single letter is not the beginning of anything."""
    return len(word) > 1 or word == said
