"""Which characters our fonts can print. PDF/A refuses a file with a glyph that no font has, so it is asked at save."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from contractflow.errors import Invalid

FONTS = Path(__file__).parent / "fonts"
COVERED = FONTS / "covered.txt"
"""Ranges of code points, hexadecimal, written beside the fonts by `scripts/fonts.py`: reading fonts takes long."""
_LAYOUT = frozenset("\n\t")


def uncovered(text: str) -> str:
    """The characters of `text` that cannot be printed, each once, in order of appearance."""
    return "".join(dict.fromkeys(c for c in text if ord(c) not in _covered() and c not in _LAYOUT))


def check(texts: Iterable[tuple[str, str]]) -> None:
    """Refuse text that could not be printed; `texts` are pairs of (field or block id, text). Raises Invalid."""
    for field, text in texts:
        if missing := uncovered(text):
            shown = " ".join(missing[:10])
            raise Invalid(
                f"These characters cannot be printed in a PDF: {shown} — please replace them.", field
            )


def printable(text: str, instead: str = "") -> str:
    """`text` with `instead` in the place of what cannot be printed: for machine-written text and for names."""
    if not uncovered(text):
        return text
    return "".join(c if ord(c) in _covered() or c in _LAYOUT else instead for c in text)


@cache
def _covered() -> frozenset[int]:
    ranges = (line.split("-") for line in COVERED.read_text().split())
    return frozenset(code for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))
