"""The shelf: templates and clauses fifty at a time, and one of them with everything around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import col, select, tuple_
from sqlmodel.sql.expression import SelectOfScalar

from contractflow.content import blocks, html, nodes, typed_variables, variables
from contractflow.content.blocks import Block
from contractflow.content.typed_variables import TypedVariable
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Template
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services import paging
from contractflow.services.display import When, shown
from contractflow.services.moving import RowSubject
from contractflow.services.paging import PAGE
from contractflow.services.templates.rows import (
    CLAUSE,
    FALLBACK,
    GROUPS,
    NOUNS,
    POSITIONS,
    blocks_of,
    family,
    names_in,
    says,
)
from contractflow.workflows.template import TEMPLATE, TemplateStatus


@dataclass(frozen=True)
class TemplateRow:
    """A template or a clause in its list; `parts` says how many clauses, or which positions."""

    id: str
    name: str
    about: str
    group: str
    status: str
    version: str
    parts: str
    is_locked: bool
    changed: When


@dataclass(frozen=True)
class TemplateList:
    """One page; `after` is the key of the next one, empty on the last."""

    rows: list[TemplateRow]
    after: str


@dataclass(frozen=True)
class PartRow:
    """One clause of a template, or one position of a clause: its Markdown for the editor, safe HTML for the eye."""

    id: str
    heading: str
    md: str
    html: str
    digest: str
    is_locked: bool
    is_editable: bool


@dataclass(frozen=True)
class VariableSettings:
    """How a variable is asked for; `choices` one a line."""

    name: str
    label: str
    type: str
    type_words: str
    default: str
    is_required: bool
    help: str
    choices: str
    least: str
    most: str


@dataclass(frozen=True)
class VersionRow:
    id: str
    number: str
    status: str
    changed: When
    is_this: bool


@dataclass(frozen=True)
class TemplatePage:
    """`can` says of every verb whether it would succeed now, `why_not` why it would not."""

    id: str = ""
    kind: str = ""
    name: str = ""
    about: str = ""
    category: str = ""
    group: str = ""
    status: str = ""
    version: str = ""
    is_starter: bool = False
    is_locked: bool = False
    is_editable: bool = False
    has_fallback: bool = False
    can: dict[str, bool] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)
    parts: list[PartRow] = field(default_factory=list)
    last_part: str = ""
    variables: list[VariableSettings] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    """What fills itself, in words."""
    versions: list[VersionRow] = field(default_factory=list)


def list_page(
    work: UnitOfWork, kind: str, *, status: str = "", text: str = "", group: str = "", after: str = ""
) -> TemplateList:
    """Those in use by name ("" or "published"), or the newest versions that are drafts or put away."""
    work.require(P.TEMPLATE_READ)
    wanted = TemplateStatus(status) if status in set(TemplateStatus) else TemplateStatus.PUBLISHED
    query = select(Template).where(col(Template.kind) == kind, col(Template.status) == wanted)
    query = _narrow(query, wanted, text, group if group in GROUPS.get(kind, {}) else "")
    if after:
        last = paging.last_row(work, Template, after)
        query = query.where(tuple_(col(Template.name), col(Template.id)) > tuple_(last.name, last.id))
    found = work.db.exec(query.order_by(col(Template.name), col(Template.id)).limit(PAGE + 1)).all()
    rows = [_row(work, one) for one in found[:PAGE]]
    return TemplateList(rows, rows[-1].id if len(found) > PAGE else "")


def one(work: UnitOfWork, template_id: UUID, kind: str) -> TemplatePage:
    """A version with its text, as the member who asks may change it. Raises NotFound, also for one of another kind."""
    work.require(P.TEMPLATE_READ)
    template = work.db.get(Template, template_id)
    if template is None or template.kind != kind:
        raise NotFound(NOUNS.get(kind, "template"))
    refused = _refusals(work, template)
    names = names_in(template)
    locks = {part["id"]: bool(part.get("locked")) for part in template.body}
    is_open = not refused["edit"]
    may_lock = work.actor.may(P.CLAUSE_LOCK)
    return TemplatePage(
        id=str(template.id),
        kind=kind,
        name=template.name,
        about=template.about,
        category=template.category,
        group=GROUPS[kind].get(template.category, template.category),
        status=template.status.value,
        version=str(template.version),
        is_starter=template.origin is not None,
        is_locked=template.is_locked,
        is_editable=is_open,
        has_fallback=FALLBACK in locks,
        can={verb: not why for verb, why in refused.items()},
        why_not={verb: why for verb, why in refused.items() if why},
        parts=[_part(block, locks[block.id], is_open, may_lock) for block in blocks_of(template)],
        last_part=template.body[-1]["id"] if template.body else "",
        variables=[_settings(v) for v in typed_variables.settings_of(names, template.variables)],
        filled=[
            f"{{{{{name}}}}}: {typed_variables.KNOWN[name]}"
            for name in names
            if name in typed_variables.KNOWN
        ],
        versions=[_version(work, v, template) for v in family(work, template)],
    )


def _narrow(
    query: SelectOfScalar[Template], status: TemplateStatus, text: str, group: str
) -> SelectOfScalar[Template]:
    if status is TemplateStatus.ARCHIVED:
        other = aliased(Template)
        newer = exists().where(
            other.family_id == Template.family_id,  # type: ignore[arg-type]
            (other.status != TemplateStatus.ARCHIVED) | (other.version > Template.version),  # type: ignore[arg-type]
        )
        query = query.where(~newer)
    if group:
        query = query.where(col(Template.category) == group)
    if words := text.strip()[:100]:
        query = query.where(says(words))
    return query


def _refusals(work: UnitOfWork, template: Template) -> dict[str, str]:
    """Every verb of the page and why it would be refused; empty words mean that it would succeed."""
    verbs = {
        move.verb: TEMPLATE.refusal(RowSubject(template), move.verb, work.actor) for move in TEMPLATE.moves
    }
    verbs["edit"] = why_not(work.actor, P.TEMPLATE_EDIT)
    verbs["revise"] = verbs["edit"] or (
        "This version can be changed as it is." if template.status is TemplateStatus.DRAFT else ""
    )
    if template.status is not TemplateStatus.DRAFT:
        verbs["edit"] = "This version is fixed. Start a new version."
    verbs["lock"] = why_not(work.actor, P.CLAUSE_LOCK)
    return verbs


def _row(work: UnitOfWork, template: Template) -> TemplateRow:
    count = len(template.body)
    if template.kind == CLAUSE:
        parts = " and ".join(POSITIONS[p["id"]].split()[0].lower() for p in template.body).capitalize()
    else:
        parts = f"{count} clause{'s' if count != 1 else ''}"
    return TemplateRow(
        str(template.id),
        template.name,
        template.about,
        GROUPS[template.kind].get(template.category, template.category),
        template.status.value,
        str(template.version),
        parts,
        template.is_locked,
        shown(work, template.updated_at),
    )


def _part(block: Block, is_locked: bool, is_open: bool, may_lock: bool) -> PartRow:
    return PartRow(
        block.id,
        POSITIONS.get(block.id) or blocks.heading(block),
        block.md,
        html.to_html(html.marked(nodes.parse(block.md), {})),
        blocks.digest(block),
        is_locked,
        is_open and (may_lock or not is_locked),
    )


def _settings(one: TypedVariable) -> VariableSettings:
    return VariableSettings(
        one.name,
        variables.label(one.name),
        one.type,
        typed_variables.TYPES[one.type],
        one.default,
        one.is_required,
        one.help,
        "\n".join(one.choices),
        one.least,
        one.most,
    )


def _version(work: UnitOfWork, version: Template, current: Template) -> VersionRow:
    return VersionRow(
        str(version.id),
        str(version.version),
        version.status.value,
        shown(work, version.updated_at),
        version.id == current.id,
    )
