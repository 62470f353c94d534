"""What a document of its kind usually has and this one does not, from the clause library and the brief; no AI is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import html, nodes, numbering
from contractflow.content.blocks import Block, heading, split
from contractflow.content.variables import find
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.ai import library
from contractflow.integrations.ai.brief import Brief
from contractflow.models import Document, DocumentVersion
from contractflow.permissions import Permission as P
from contractflow.services.documents.editing import open_for_editing
from contractflow.services.documents.versions import add_version
from contractflow.services.drafts.briefing import brief_for

SHARE_OF_WORDS = 0.6
"""A must-have counts as said when this share of its longer words stands in the text."""
_LONG_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True)
class SuggestionRow:
    """A clause that is missing: `why` for the person, `place` where it would go, `html` how it would read."""

    name: str
    title: str
    why: str
    place: str
    html: str


def suggestions(work: UnitOfWork, document_id: UUID) -> list[SuggestionRow]:
    """What is missing, in the order of the document; nothing as long as nothing is written. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    query = select(Document, DocumentVersion).join(
        DocumentVersion, col(DocumentVersion.id) == Document.current_version_id
    )
    found = work.db.exec(query.where(col(Document.id) == document_id)).first()
    if found is None:
        raise NotFound("document")
    document, version = found
    content = Content.from_text(version.content)
    brief = brief_for(work, document, document.brief)
    return [
        _row(name, why, content.blocks, brief)
        for name, why in (_missing(content, brief) if content.blocks else ())
    ]


def add_clause(work: UnitOfWork, document_id: UUID, name: str) -> None:
    """Put the library's clause where it belongs, filled from the brief; the numbers behind it make room.

    Adding what is there already changes nothing. Raises NotFound for a clause we do not have.
    """
    document, version, content = open_for_editing(work, document_id)
    brief = brief_for(work, document, document.brief)
    if name not in library.KNOWN:
        raise NotFound("clause")
    if name not in dict(_missing(content, brief)):
        return
    title, body = library.clause(name, brief)
    (made,) = split(f"## {title}\n\n{body}", seed=f"{document_id}:{version.number}:{name}")
    changed = numbering.insert(content.blocks, _place(name, content.blocks, brief), made)
    facts = {"added_by": work.member.name, "library": name, "at": work.now.isoformat(), "reviewed": True}
    saved = add_version(
        work,
        document,
        replace(content, blocks=changed),
        source="suggestion",
        provenance={**version.provenance, made.id: facts},
        note=f"Suggested clause “{title}” added",
    )
    work.record(
        "document:add_clause",
        "document",
        document.id,
        document_id=document.id,
        clause=title,
        version=saved.number,
    )


def _missing(content: Content, brief: Brief) -> Iterator[tuple[str, str]]:
    """Names of the clauses that are not there, and why they should be."""
    usual = set(library.names_for(brief))
    told = " ".join((brief.title, brief.scope, *brief.must_haves))
    for name in library.ORDER.get(brief.kind, library.ORDER["other"]):
        known = library.KNOWN[name]
        asked = re.search(rf"\b(?:{known.asked_by})", told, re.IGNORECASE) if known.asked_by else None
        if (name in usual or asked) and _at(name, content.blocks) is None:
            why = _why(name, content, brief) if name in _ABOUT_THE_BRIEF else known.why
            if why:
                yield name, f"{why} Your brief mentions “{_word(told, asked)}”." if asked else why


_ABOUT_THE_BRIEF = ("details", "particular")


def _why(name: str, content: Content, brief: Brief) -> str:
    """What of the brief did not get into the text; empty when all of it did."""
    text = " ".join(block.md for block in content.blocks)
    if name == "details":
        lost = [variable.name for variable in brief.variables if variable.name not in find(text)]
        return f"{{{{{lost[0]}}}}} of your brief is not in the text." if lost else ""
    unsaid = [must for must in brief.must_haves if not _is_said(must, text)]
    return f"Your must-have “{unsaid[0][:120]}” is not in the text." if unsaid else ""


def _is_said(must: str, text: str) -> bool:
    words = set(_LONG_WORD.findall(must.casefold()))
    there = words & set(_LONG_WORD.findall(text.casefold()))
    return len(there) >= SHARE_OF_WORDS * len(words)


def _word(told: str, found: re.Match[str]) -> str:
    """The whole word that was found a part of."""
    whole = re.compile(r"\w+").match(told, found.start())
    return whole[0] if whole else found[0]


def _at(name: str, blocks: Sequence[Block]) -> int | None:
    """Where this clause stands, as its heading says."""
    pattern = re.compile(library.KNOWN[name].headings, re.IGNORECASE)
    return next((n for n, block in enumerate(blocks) if pattern.search(heading(block))), None)


def _place(name: str, blocks: Sequence[Block], brief: Brief) -> int:
    """Behind the nearest clause that comes before it in a contract of this kind, else before the nearest behind it."""
    order = library.ORDER.get(brief.kind, library.ORDER["other"])
    number = order.index(name)
    for earlier in reversed(order[:number]):
        if (at := _at(earlier, blocks)) is not None:
            return at + 1
    for later in order[number + 1 :]:
        if (at := _at(later, blocks)) is not None:
            return at
    return len(blocks)


def _row(name: str, why: str, blocks: Sequence[Block], brief: Brief) -> SuggestionRow:
    title, body = library.clause(name, brief)
    place = _place(name, blocks, brief)
    where = (
        f"After “{heading(blocks[place - 1])}”"
        if place and heading(blocks[place - 1])
        else "At the beginning"
    )
    return SuggestionRow(name, title, why, where, html.to_html(nodes.parse(body)))
