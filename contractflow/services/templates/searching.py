"""Looking for a clause of the library, to put it into a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import html, nodes
from contractflow.content.variables import find as variables_of
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.ai.shelf import CATEGORIES
from contractflow.models import Template
from contractflow.permissions import Permission as P
from contractflow.services.templates.rows import (
    CLAUSE,
    FALLBACK,
    POSITIONS,
    PREFERRED,
    in_use,
    is_named,
    says,
)
from contractflow.workflows.template import TemplateStatus

MOST = 20


@dataclass(frozen=True)
class ClauseRow:
    """A clause that can be put into a text: both positions as safe HTML, `fallback` empty where there is none."""

    id: str
    name: str
    category: str
    preferred: str
    fallback: str
    is_locked: bool


@dataclass(frozen=True)
class Chosen:
    """One position of a clause as it goes into a text: `md` under its name as a heading."""

    name: str
    md: str
    position: str
    version: int
    is_locked: bool
    variables: list[dict[str, object]]


def find(work: UnitOfWork, text: str) -> list[ClauseRow]:
    """The published clauses with `text` in their name, then those that say it; without a text by their shelf."""
    work.require(P.TEMPLATE_READ)
    query = select(Template).where(
        col(Template.kind) == CLAUSE, col(Template.status) == TemplateStatus.PUBLISHED
    )
    order: list[Any] = [col(Template.category), col(Template.name), col(Template.id)]
    if words := " ".join(text.split())[:100]:
        query, order = query.where(says(words)), [is_named(words).desc(), col(Template.name)]
    return [_row(one) for one in work.db.exec(query.order_by(*order).limit(MOST))]


def chosen(work: UnitOfWork, clause_id: UUID, position: str) -> Chosen:
    """A position of a published clause. Raises NotFound for one that it does not have."""
    work.require(P.TEMPLATE_READ)
    template = in_use(work, clause_id, CLAUSE)
    text = _position(template, position)
    if not text or position not in POSITIONS:
        raise NotFound("clause")
    there = variables_of(text)
    kept = [one for one in template.variables if one["name"] in there]
    return Chosen(
        template.name,
        f"## {template.name}\n\n{text}",
        position,
        template.version,
        template.is_locked,
        kept,
    )


def _row(template: Template) -> ClauseRow:
    category = CATEGORIES.get(template.category, template.category)
    preferred, fallback = (_drawn(_position(template, one)) for one in (PREFERRED, FALLBACK))
    return ClauseRow(str(template.id), template.name, category, preferred, fallback, template.is_locked)


def _drawn(text: str) -> str:
    return html.to_html(html.marked(nodes.parse(text), {})) if text else ""


def _position(template: Template, position: str) -> str:
    return next((str(part["md"]) for part in template.body if part["id"] == position), "")
