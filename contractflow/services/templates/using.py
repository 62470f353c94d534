"""From a template to a document: what is asked, and the text that comes of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import typed_variables, variables
from contractflow.content.blocks import Block
from contractflow.content.typed_variables import TypedVariable
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Template
from contractflow.permissions import Permission as P
from contractflow.services.templates.rows import DOCUMENT, blocks_of, in_use, names_in
from contractflow.workflows.template import TemplateStatus

MOST_CHOICES = 200


@dataclass(frozen=True)
class TemplateChoice:
    """One line of a select."""

    value: str
    label: str


@dataclass(frozen=True)
class Asked:
    """One variable of the form; `choices` are for a select."""

    name: str
    label: str
    type: str
    default: str
    is_required: bool
    help: str
    choices: list[TemplateChoice]


@dataclass(frozen=True)
class StartingPoint:
    """The template that a new document begins with, and what it asks."""

    id: str = ""
    name: str = ""
    about: str = ""
    kind: str = ""
    clauses: str = ""
    asked: list[Asked] = field(default_factory=list)


@dataclass(frozen=True)
class Started:
    """The text of a new document, the values of its variables, and where each block comes from."""

    template_id: UUID
    kind: str
    scope: str
    blocks: tuple[Block, ...]
    values: dict[str, str]
    provenance: dict[str, dict[str, Any]]


def choices(work: UnitOfWork) -> list[TemplateChoice]:
    """The templates in use, by name."""
    work.require(P.TEMPLATE_READ)
    query = (
        select(Template.id, Template.name)
        .where(col(Template.kind) == DOCUMENT, col(Template.status) == TemplateStatus.PUBLISHED)
        .order_by(col(Template.name), col(Template.id))
        .limit(MOST_CHOICES)
    )
    return [TemplateChoice(str(template_id), name) for template_id, name in work.db.exec(query)]


def form(work: UnitOfWork, template_id: UUID) -> StartingPoint:
    """What a template asks before a document begins. Raises NotFound for one that is not in use."""
    work.require(P.TEMPLATE_READ)
    template = in_use(work, template_id, DOCUMENT)
    return StartingPoint(
        str(template.id),
        template.name,
        template.about,
        template.category,
        f"{len(template.body)} clauses",
        [_asked(one) for one in _settings(template)],
    )


def start(work: UnitOfWork, template_id: UUID, typed: Mapping[str, str], known: Mapping[str, str]) -> Started:
    """The document that a template becomes. What nobody fills in now stays open, and is asked before it is sent.

    `known` fills what the product knows. Raises NotFound, and Invalid with the field of the variable.
    """
    work.require(P.TEMPLATE_READ)
    template = in_use(work, template_id, DOCUMENT)
    values = {name: known[name] for name in names_in(template) if known.get(name)}
    lists: dict[str, str] = {}
    for one in _settings(template):
        value = typed_variables.check(one, typed.get(one.name, "")[: typed_variables.LONGEST_LIST + 1])
        if value:
            (lists if one.type == "long" else values)[one.name] = value
        elif one.is_required and one.type != "long" and one.default and one.name not in typed:
            values[one.name] = typed_variables.check(one, one.default)
    written = tuple(Block(block.id, _with_lists(block.md, lists)) for block in blocks_of(template))
    return Started(
        template.id,
        template.category,
        lists.get("scope", ""),
        written,
        values,
        {part["id"]: _origin(work, template, part) for part in template.body},
    )


def check_value(work: UnitOfWork, template_id: UUID | None, name: str, typed: str) -> str:
    """A value that is filled in later, as its template wants it. Raises Invalid."""
    work.require(P.TEMPLATE_READ)
    template = work.db.get(Template, template_id) if template_id else None
    known = {one.name: one for one in _settings(template)} if template else {}
    one = known.get(name)
    if one is None or one.type == "long" or not typed:
        return typed
    return typed_variables.check(one, typed)


def _settings(template: Template) -> list[TypedVariable]:
    return typed_variables.settings_of(names_in(template), template.variables)


def _asked(one: TypedVariable) -> Asked:
    return Asked(
        one.name,
        variables.label(one.name),
        one.type,
        one.default,
        one.is_required,
        one.help,
        [TemplateChoice(choice, choice) for choice in one.choices],
    )


def _with_lists(md: str, lists: Mapping[str, str]) -> str:
    """`md` with its lists written out: they are many lines, which the value of a variable is not."""
    for name, value in lists.items():
        items = typed_variables.as_items(value)
        md = variables.VARIABLE.sub(lambda match, n=name, i=items: i if match[1] == n else match[0], md)  # type: ignore[misc]
    return md


def _origin(work: UnitOfWork, template: Template, part: Mapping[str, Any]) -> dict[str, Any]:
    facts = {"template": template.name, "template_version": template.version, "at": work.now.isoformat()}
    return {**facts, "reviewed": True, "locked": bool(part.get("locked", False))}
