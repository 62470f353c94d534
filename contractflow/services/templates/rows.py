"""A template's stored text as blocks and back, and the row itself: looked up, held, and open for writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast
from sqlmodel import col, select

from contractflow.content import blocks, variables
from contractflow.content.blocks import Block
from contractflow.content.kinds import KINDS
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotFound
from contractflow.integrations.ai.shelf import CATEGORIES
from contractflow.integrations.signing import glyphs
from contractflow.models import Template
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked
from contractflow.workflows.template import TemplateStatus

DOCUMENT, CLAUSE = "document", "clause"
NOUNS = {DOCUMENT: "template", CLAUSE: "clause"}
GROUPS = {DOCUMENT: KINDS, CLAUSE: CATEGORIES}
PREFERRED, FALLBACK = "preferred", "fallback"
POSITIONS = {PREFERRED: "Preferred position", FALLBACK: "Fallback position"}


def blocks_of(template: Template) -> tuple[Block, ...]:
    return tuple(Block(part["id"], part["md"]) for part in template.body)


def names_in(template: Template) -> tuple[str, ...]:
    """The variables of its text, in order of appearance."""
    return variables.find("\n".join(part["md"] for part in template.body))


def is_named(words: str) -> ColumnElement[bool]:
    return col(Template.name).icontains(words, autoescape=True)


def says(words: str) -> ColumnElement[bool]:
    """In its name or its text."""
    return is_named(words) | cast(col(Template.body), String).icontains(words, autoescape=True)


def keep(work: UnitOfWork, template: Template, text: Sequence[Block], **facts: Any) -> None:
    """Save `text`; what else is known of a part (that it is locked) stays with it. Raises Invalid for what cannot be printed."""
    blocks.check(text)
    glyphs.check((block.id, block.md) for block in text)
    known = {part["id"]: part for part in template.body}
    template.body = [{**known.get(block.id, {}), "id": block.id, "md": block.md} for block in text]
    record(work, template, "edit", **facts)


def record(work: UnitOfWork, template: Template, verb: str, **facts: Any) -> None:
    work.record(f"template:{verb}", "template", template.id, **facts_of(template), **facts)


def facts_of(template: Template) -> dict[str, Any]:
    """What the trail says of it."""
    return {"clause": template.name, "kind": template.kind, "version": template.version}


def open_for_writing(work: UnitOfWork, template_id: UUID) -> Template:
    """The row, held. Raises NotFound, and IllegalMove when its text is fixed."""
    work.require(P.TEMPLATE_EDIT)
    template = locked(work, Template, template_id, "template")
    if template.status is not TemplateStatus.DRAFT:
        raise IllegalMove(
            f"This version is {template.status.value}, so its text is fixed. Start a new version."
        )
    return template


def find_part(template: Template, part_id: str) -> Block:
    """Raises NotFound when it is not there (any more)."""
    for block in blocks_of(template):
        if block.id == part_id:
            return block
    raise NotFound("clause")


def in_use(work: UnitOfWork, template_id: UUID, kind: str) -> Template:
    """A published one of that kind. Raises NotFound."""
    query = select(Template).where(
        col(Template.id) == template_id,
        col(Template.kind) == kind,
        col(Template.status) == TemplateStatus.PUBLISHED,
    )
    template = work.db.exec(query).first()
    if template is None:
        raise NotFound(NOUNS[kind])
    return template


def family(work: UnitOfWork, template: Template) -> list[Template]:
    """All its versions, the newest first."""
    query = select(Template).where(col(Template.family_id) == template.family_id)
    return list(work.db.exec(query.order_by(col(Template.version).desc()).limit(200)))


def with_order(parts: Iterable[Block], part_id: str, *, is_up: bool) -> tuple[Block, ...]:
    """`parts` with one of them a place further up or down; at the end it stays."""
    ordered = list(parts)
    at = next(n for n, block in enumerate(ordered) if block.id == part_id)
    to = at - 1 if is_up else at + 1
    if 0 <= to < len(ordered):
        ordered[at], ordered[to] = ordered[to], ordered[at]
    return tuple(ordered)
