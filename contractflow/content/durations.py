"""How long something runs, read from how people write it: "six months", "12 months", "December 2026 to April 2027"."""

from __future__ import annotations

import calendar
import math
import re

LONGEST_MONTHS = 1_200

_NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_WORTH = {**{word: number for number, word in enumerate(_NUMBERS, 1)}, "a": 1, "an": 1, "half a": 0.5}
_COUNT = r"(?P<count>\d{1,4}(?:[.,]\d)?|half a|" + "|".join([*_NUMBERS, "an?"]) + r")"
_MONTHS = {"day": 1 / 30.4375, "week": 7 / 30.4375, "month": 1.0, "quarter": 3.0, "year": 12.0}
_LENGTH = re.compile(rf"\b{_COUNT}[\s\-\u00a0]+(?P<unit>{'|'.join(_MONTHS)})s?\b", re.IGNORECASE)
_NAMES = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_NAMES |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
_ANY_MONTH = "|".join(sorted(_NAMES, key=len, reverse=True))


def _month(group: str) -> str:
    """A month by its name, perhaps with a day before or after it."""
    return rf"(?:\d{{1,2}}\.?\s+)?(?P<{group}>{_ANY_MONTH})\.?(?:\s+\d{{1,2}},)?"


_FROM_TO = re.compile(
    rf"\b{_month('first')}(?:\s+(?P<first_year>\d{{4}}))?\s*(?:to|until|till|through|[-–—])\s*"
    rf"{_month('last')}\s+(?P<last_year>\d{{4}})\b",
    re.IGNORECASE,
)


def months(text: str) -> int | None:
    """Whole months, rounded up, of the longest time that `text` names; None when it names none.

    From one month to another both are counted: "December 2026 to April 2027" is five.
    """
    found = [_length(match) for match in _LENGTH.finditer(text)]
    found += [span for match in _FROM_TO.finditer(text) if (span := _span(match)) > 0]
    return min(LONGEST_MONTHS, max(math.ceil(round(one, 3)) for one in found)) if found else None


def _length(match: re.Match[str]) -> float:
    said = match["count"].lower()
    count = _WORTH[said] if said in _WORTH else float(said.replace(",", "."))
    return count * _MONTHS[match["unit"].lower()]


def _span(match: re.Match[str]) -> int:
    last_year = int(match["last_year"])
    first_year = int(match["first_year"] or last_year)
    return (last_year - first_year) * 12 + _NAMES[match["last"].lower()] - _NAMES[match["first"].lower()] + 1
