"""The provider that always answers: composes a contract from our clause library and the brief.

It is a starting point, not legal advice, and the document says that it was not written by an AI. The clauses
are Markdown files beside this module, each in three tones; the table below says which a kind of contract has.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from string import Template

from contractflow.integrations.ai.brief import Brief, lines, one_line
from contractflow.integrations.ai.words import Done, Order, Piece

LIBRARY = Path(__file__).parent / "clauses"
MODEL = "clause-library/1"
PIECES_PER_SECOND = 40
_TONE = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)
_WORD = re.compile(r"\S+\s*|\s+")

_WORKING = ("deliverables", "timeline", "cooperation", "fees", "expenses", "changes")
_PROTECTING = ("ip", "confidentiality", "data", "liability")
_CLOSING = ("law", "general", "particular", "signatures")

# fmt: off
COMPOSITION: dict[str, tuple[str, ...]] = {
    "msa":          ("parties", "scope", *_WORKING, *_PROTECTING, "term", *_CLOSING),
    "sow":          ("parties", "scope", *_WORKING, *_PROTECTING, "term", *_CLOSING),
    "retainer":     ("parties", "retained", *_WORKING, *_PROTECTING, "monthly_term", *_CLOSING),
    "proposal":     ("purpose", "scope", *_WORKING, *_PROTECTING, "term", "law", "general", "particular", "acceptance"),
    "nda":          ("parties", "nda_purpose", "nda_information", "nda_duties", "nda_return", "data", "liability", "nda_term", *_CLOSING),
    "change_order": ("change_parties", "change_work", "timeline", "fees", "change_rest", "particular", "signatures"),
    "other":        ("parties", "scope", *_WORKING, *_PROTECTING, "term", *_CLOSING),
}
# fmt: on


class Placeholder:
    """Streams the composed contract at a readable speed, `seconds` for all of it."""

    name = "placeholder"
    model = MODEL

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def stream(self, order: Order) -> AsyncIterator[Piece]:
        text = compose(order.brief)
        pieces = _in_pieces(text, max(1, int(self._seconds * PIECES_PER_SECOND)))
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number, piece in enumerate(pieces, start=1):
            yield piece
            # Against the clock, not per piece: a busy machine catches up instead of taking longer.
            await asyncio.sleep(max(0.0, started + self._seconds * number / len(pieces) - loop.time()))
        yield Done("stop", MODEL)

    async def close(self) -> None:
        """There is nothing to close."""


def compose(brief: Brief) -> str:
    """The whole contract as Markdown, one `## <number>. <title>` per clause. The same brief gives the same text."""
    facts = _facts(brief)
    names = COMPOSITION.get(brief.kind, COMPOSITION["other"])
    kept = [name for name in names if name != "particular" or facts["must_haves"]]
    clauses = [_clause(name, brief.tone) for name in kept]
    return "\n\n".join(
        f"## {number}. {title}\n\n{_tidy(Template(body).substitute(facts))}"
        for number, (title, body) in enumerate(clauses, start=1)
    )


def _facts(brief: Brief) -> dict[str, str]:
    term, law = one_line(brief.term).rstrip("."), one_line(brief.jurisdiction).rstrip(".")
    return {
        "agency": _name(brief.agency, "The Agency"),
        "client": _name(brief.client, "The Client"),
        "title": one_line(brief.title),
        "scope": _bullets(lines(brief.scope)) or "The work agreed between the two sides in writing.",
        "must_haves": _bullets([one_line(must) for must in brief.must_haves if one_line(must)]),
        "term_sentence": f"Agreed time: {term}." if term else "",
        "duration_sentence": _duration(brief.kind, term),
        "price_sentence": f"The total price is **{brief.total}**."
        if brief.total
        else "The price is agreed in writing.",
        "plan": _bullets([f"{one_line(p.label)}: {p.amount}, {p.due}" for p in brief.plan])
        or "- On delivery, by invoice.",
        "law": f"the law of {law}"
        if law
        else f"the law of the place where {_name(brief.agency, 'the Agency')} is registered",
    }


def _duration(kind: str, term: str) -> str:
    if term:
        return f"This agreement runs for the following time: {term}."
    if kind in {"retainer", "nda"}:
        return "This agreement runs for twelve months."
    return "This agreement runs until the work is delivered, accepted and paid for."


def _name(name: str, otherwise: str) -> str:
    return one_line(name.replace("*", "")) or otherwise


def _bullets(items: list[str]) -> str:
    return items[0] if len(items) == 1 and len(items[0]) > 200 else "\n".join(f"- {item}" for item in items)


def _tidy(body: str) -> str:
    return re.sub(r" {2,}", " ", body).strip()


@cache
def _clause(name: str, tone: str) -> tuple[str, str]:
    """Title and text of a clause; the plain text for a tone we do not have."""
    title, *parts = _TONE.split((LIBRARY / f"{name}.md").read_text(encoding="utf-8"))
    texts = {part.strip(): text.strip() for part, text in zip(parts[::2], parts[1::2], strict=True)}
    return title.removeprefix("#").strip(), texts.get(tone, texts["plain"])


def _in_pieces(text: str, wanted: int) -> list[str]:
    """`text` cut between words into about `wanted` pieces, in order, nothing lost."""
    words = _WORD.findall(text)
    size = max(1, round(len(words) / wanted))
    return ["".join(words[start : start + size]) for start in range(0, len(words), size)]
