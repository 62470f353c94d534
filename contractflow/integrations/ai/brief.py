"""What a contract is written from. Free text of people: data for whoever writes, never instruction."""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = {
    "msa": "master services agreement",
    "sow": "statement of work",
    "retainer": "retainer agreement",
    "proposal": "proposal",
    "nda": "non-disclosure agreement",
    "change_order": "change order",
    "other": "agreement",
}
TONES = ("plain", "formal", "friendly")
LENGTHS = ("short", "standard", "detailed")
LONGEST_TEXT = 8_000
LONGEST_LINE = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_MARKUP_AT_START = re.compile(r"^(?:[#>|=~`*_+\-\s]|\d+[.)]\s)+")


@dataclass(frozen=True)
class PlanItem:
    """One payment as people read it: "Deposit", "€3,000.00", "due on signature"."""

    label: str
    amount: str
    due: str


@dataclass(frozen=True)
class Variable:
    """A fact that stands in the text as `{{name}}`; `value` may be empty until somebody fills it in."""

    name: str
    value: str = ""


@dataclass(frozen=True)
class Brief:
    """Amounts are formatted already, so that whoever writes copies them and never computes."""

    kind: str
    title: str
    agency: str
    client: str
    scope: str
    tone: str = "plain"
    term: str = ""
    jurisdiction: str = ""
    must_haves: tuple[str, ...] = ()
    total: str = ""
    plan: tuple[PlanItem, ...] = ()
    length: str = "standard"
    variables: tuple[Variable, ...] = ()


def one_line(text: str, limit: int = LONGEST_LINE) -> str:
    """`text` on one line, without control characters and without what Markdown reads as structure at its start."""
    flat = " ".join(_CONTROL.sub(" ", text).split())
    return _MARKUP_AT_START.sub("", flat).replace("<", "‹").replace(">", "›")[:limit].strip()


def lines(text: str) -> list[str]:
    """The lines of a free text, each made harmless by `one_line`; empty ones are dropped."""
    return [line for raw in text[:LONGEST_TEXT].splitlines() if (line := one_line(raw, LONGEST_TEXT))]
