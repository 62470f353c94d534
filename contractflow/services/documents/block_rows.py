"""The clauses of a version as its page shows them: text, where each came from, and the variables in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from contractflow.content import html, nodes, variables
from contractflow.content.blocks import Block, digest, heading
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import DocumentVersion
from contractflow.permissions import Permission as P
from contractflow.services.display import When, shown

KEPT = 1_000
POSITION_WORDS = {"preferred": "Preferred position", "fallback": "Fallback position"}
WRITERS = {"gemini": "Gemini", "openai": "OpenAI", "placeholder": "the clause library"}


@dataclass(frozen=True)
class BlockRow:
    """One clause: its Markdown for the editor, safe HTML for the eye, the digest an edit starts from.

    `origin` says who wrote and who changed it, `at` when that was last.
    """

    id: str
    heading: str
    md: str
    html: str
    digest: str
    origin: str
    is_placeholder: bool
    at: When = field(default_factory=When)
    is_locked: bool = False
    is_fixed: bool = False
    """Locked, and whoever looks may not change it all the same."""


@dataclass(frozen=True)
class VariableRow:
    """One fact that stands in the text as {{name}}."""

    name: str
    label: str
    value: str


def block_rows(work: UnitOfWork, version: DocumentVersion | None, content: Content | None) -> list[BlockRow]:
    if version is None or content is None:
        return []
    return [
        _row(work, block, version.provenance.get(block.id, {}), content.variables) for block in content.blocks
    ]


def variable_rows(content: Content | None) -> list[VariableRow]:
    """The variables of the text in order of appearance, the ones without a value first."""
    if content is None:
        return []
    names = dict.fromkeys(name for block in content.blocks for name in variables.find(block.md))
    rows = [VariableRow(name, variables.label(name), content.variables.get(name, "")) for name in names]
    return sorted(rows, key=lambda row: bool(row.value))


def _row(work: UnitOfWork, block: Block, facts: dict[str, Any], values: Mapping[str, str]) -> BlockRow:
    return BlockRow(
        id=block.id,
        heading=heading(block),
        md=block.md,
        html=_drawn(block.md, tuple((name, values.get(name, "")) for name in variables.find(block.md))),
        digest=digest(block),
        origin=origin(facts),
        is_placeholder=bool(facts.get("placeholder")) and not facts.get("reviewed"),
        at=_at(work, facts),
        is_locked=bool(facts.get("locked")),
        is_fixed=bool(facts.get("locked")) and not work.actor.may(P.CLAUSE_LOCK),
    )


@lru_cache(KEPT)
def _drawn(md: str, values: tuple[tuple[str, str], ...]) -> str:
    """Nearly every look at a document is one at clauses that were drawn before; reading Markdown is half the look."""
    return html.to_html(html.marked(nodes.parse(md), dict(values)))


def origin(facts: dict[str, Any]) -> str:
    """Who wrote it, with which model, who let it in, who changed it: "Drafted by Gemini (x-2), edited by Mia"."""
    provider, edited = facts.get("provider"), facts.get("edited_by")
    steps = []
    if provider:
        verb = "Rewritten" if facts.get("accepted_by") else "Drafted"
        model = f" ({facts['model']})" if facts.get("model") and provider != "placeholder" else ""
        steps.append(f"{verb} by {WRITERS.get(provider, provider)}{model}")
    elif facts.get("template"):
        steps.append(f"From the template “{facts['template']}”, version {facts['template_version']}")
    elif facts.get("position"):
        steps.append(f"{POSITION_WORDS[facts['position']]} of the library, added by {facts['added_by']}")
    elif facts.get("added_by"):
        steps.append(f"From the clause library, added by {facts['added_by']}")
    if facts.get("accepted_by"):
        steps.append(f"accepted by {facts['accepted_by']}")
    if edited:
        steps.append(f"edited by {edited}")
    words = ", ".join(steps)
    return words[:1].upper() + words[1:]


def _at(work: UnitOfWork, facts: dict[str, Any]) -> When:
    said = facts.get("edited_at") or facts.get("at")
    return shown(work, datetime.fromisoformat(said)) if said else When()
