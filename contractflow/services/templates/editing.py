"""Writing a template or a clause: part by part, as long as its version is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content import blocks, typed_variables
from contractflow.content.blocks import Block
from contractflow.content.lines import one_line
from contractflow.content.typed_variables import TypedVariable
from contractflow.content.unwritten import FIRST_CLAUSE, FIRST_POSITION
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.models import Org, Template
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked
from contractflow.services.templates.rows import (
    CLAUSE,
    DOCUMENT,
    FALLBACK,
    GROUPS,
    NOUNS,
    POSITIONS,
    PREFERRED,
    blocks_of,
    find_part,
    keep,
    names_in,
    open_for_writing,
    record,
    with_order,
)

LONGEST_NAME, LONGEST_ABOUT = 120, 300
FIRST = {
    DOCUMENT: [{"id": "00000001", "md": FIRST_CLAUSE}],
    CLAUSE: [{"id": PREFERRED, "md": FIRST_POSITION}],
}


def add(work: UnitOfWork, kind: str, name: str, category: str, about: str = "") -> UUID:
    """A new template ("document") or clause, as a draft. Raises Invalid, also for a name that is taken."""
    work.require(P.TEMPLATE_EDIT)
    if kind not in GROUPS:
        raise NotFound("template")
    locked(work, Org, work.member.org_id, "organisation")
    new_id = uuid7()
    template = Template(
        id=new_id,
        org_id=work.member.org_id,
        family_id=new_id,
        kind=kind,
        name="",
        category="",
        body=FIRST[kind],
        created_by=work.member.user_id,
    )
    _describe(work, template, name, category, about)
    work.db.add(template)
    record(work, template, "add")
    return new_id


def describe(work: UnitOfWork, template_id: UUID, name: str, category: str, about: str = "") -> None:
    """Its name, what it is for, and where it stands. Raises Invalid."""
    template = open_for_writing(work, template_id)
    before = template.name, template.category, template.about
    _describe(work, template, name, category, about)
    if before != (template.name, template.category, template.about):
        record(work, template, "edit", changes={"name": (before[0], template.name)})


def save_part(work: UnitOfWork, template_id: UUID, part_id: str, md: str, base: str) -> str:
    """Replace one part's text, as documents.save_block does. Returns the digest."""
    template = open_for_writing(work, template_id)
    current = find_part(template, part_id)
    text = blocks.edited(current, md, base)
    if text == current.md:
        return blocks.digest(current)
    _may_change(work, template, part_id)
    if template.kind == CLAUSE:
        _one_piece(text, part_id)
        changed = tuple(Block(b.id, text if b.id == part_id else b.md) for b in blocks_of(template))
    else:
        changed = blocks.replace(blocks_of(template), part_id, text)
    keep(work, template, changed)
    return blocks.digest(find_part(template, part_id))


def add_part(work: UnitOfWork, template_id: UUID, after: str, md: str) -> str:
    """A part behind `after` ("" at the top); of a clause, its fallback position. Returns its id."""
    template = open_for_writing(work, template_id)
    there = blocks_of(template)
    if template.kind == CLAUSE:
        if FALLBACK not in {block.id for block in there}:
            keep(work, template, (*there, Block(FALLBACK, _one_piece(blocks.clean(md).strip(), FALLBACK))))
        return FALLBACK
    added = blocks.split(md, seed=f"{template.id}:{uuid7()}")
    if not added:
        raise Invalid("Write something first.", "md")
    position = 0 if not after else there.index(find_part(template, after)) + 1
    keep(work, template, (*there[:position], *added, *there[position:]))
    return added[0].id


def remove_part(work: UnitOfWork, template_id: UUID, part_id: str) -> None:
    """Away with a part; twice is the same as once. A clause keeps its preferred position."""
    template = open_for_writing(work, template_id)
    if template.kind == CLAUSE and part_id == PREFERRED:
        raise IllegalMove("A clause has a preferred position. Change its words instead.")
    kept = tuple(block for block in blocks_of(template) if block.id != part_id)
    if len(kept) != len(template.body):
        _may_change(work, template, part_id)
        keep(work, template, kept)


def move_part(work: UnitOfWork, template_id: UUID, part_id: str, *, is_up: bool) -> None:
    """One place up or down."""
    template = open_for_writing(work, template_id)
    find_part(template, part_id)
    if template.kind == DOCUMENT:
        changed = with_order(blocks_of(template), part_id, is_up=is_up)
        if changed != blocks_of(template):
            keep(work, template, changed)


def lock_part(work: UnitOfWork, template_id: UUID, part_id: str, *, is_locked: bool) -> None:
    """Whether a part may be changed by who is no admin, in the template and in documents made from it."""
    work.require(P.CLAUSE_LOCK)
    template = open_for_writing(work, template_id)
    find_part(template, part_id)
    if is_locked is _is_locked(template, part_id):
        return
    template.body = [{**p, "locked": is_locked} if p["id"] == part_id else p for p in template.body]
    record(work, template, "lock" if is_locked else "unlock", part=part_id)


def lock(work: UnitOfWork, clause_id: UUID, *, is_locked: bool) -> None:
    """Whether a clause of the library, once it is in a document, may be changed by who is no admin."""
    work.require(P.CLAUSE_LOCK)
    template = locked(work, Template, clause_id, "clause")
    if template.kind != CLAUSE:
        raise NotFound("clause")
    if template.is_locked is not is_locked:
        template.is_locked = is_locked
        record(work, template, "lock" if is_locked else "unlock")


def save_variable(work: UnitOfWork, template_id: UUID, name: str, typed: Mapping[str, str]) -> None:
    """How a variable of the text is asked for: type, default, help, choices, limits. Raises Invalid by field."""
    template = open_for_writing(work, template_id)
    if name not in names_in(template) or name in typed_variables.KNOWN:
        raise NotFound("variable")
    said = TypedVariable(
        name,
        typed.get("type", ""),
        typed.get("default", ""),
        bool(typed.get("is_required")),
        typed.get("help", ""),
        tuple(typed.get("choices", "").splitlines()),
        typed.get("least", ""),
        typed.get("most", ""),
    )
    kept = typed_variables.check_settings(said).to_json()
    others = [one for one in template.variables if one["name"] != name]
    if kept not in template.variables:
        template.variables = [*others, kept]
        record(work, template, "edit", variable=name)


def _describe(work: UnitOfWork, template: Template, name: str, category: str, about: str) -> None:
    line = one_line(name, "name", "a name", LONGEST_NAME)
    if category not in GROUPS[template.kind]:
        raise Invalid("Choose one of the groups offered.", "category")
    taken = select(Template.id).where(
        col(Template.kind) == template.kind,
        func.lower(Template.name) == line.lower(),
        col(Template.family_id) != template.family_id,
    )
    if work.db.exec(taken.limit(1)).first():
        raise Invalid(
            f"There is a {NOUNS[template.kind]} with this name already. Choose another one.", "name"
        )
    words = one_line(about, "about", "a sentence", LONGEST_ABOUT) if about.strip() else ""
    template.name, template.category, template.about = line, category, words


def _one_piece(text: str, part_id: str) -> str:
    """The text of a position stands below the clause's name, so that it has no heading of its own."""
    if len(blocks.split(text)) != 1 or text.startswith("#"):
        raise Invalid(
            f"The {POSITIONS[part_id].lower()} is one clause: leave the headings out, its name becomes one.",
            part_id,
        )
    return text


def _may_change(work: UnitOfWork, template: Template, part_id: str) -> None:
    if _is_locked(template, part_id):
        work.require(P.CLAUSE_LOCK)


def _is_locked(template: Template, part_id: str) -> bool:
    return any(part.get("locked", False) for part in template.body if part["id"] == part_id)
