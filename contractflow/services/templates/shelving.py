"""A clause of the library goes into a template."""

from __future__ import annotations

from uuid import UUID

from contractflow.content.blocks import split
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models.columns import uuid7
from contractflow.services.templates.rows import (
    DOCUMENT,
    blocks_of,
    find_part,
    keep,
    open_for_writing,
)
from contractflow.services.templates.searching import chosen


def add_from_library(work: UnitOfWork, template_id: UUID, after: str, clause_id: UUID, position: str) -> str:
    """Put a position of a clause behind the part `after` ("" at the top), with what is known of its variables.

    Returns the id of the new part. Raises NotFound.
    """
    template = open_for_writing(work, template_id)
    if template.kind != DOCUMENT:
        raise IllegalMove("A clause consists of its own words.")
    clause = chosen(work, clause_id, position)
    (made,) = split(clause.md, seed=f"{template.id}:{uuid7()}")
    there = blocks_of(template)
    at = 0 if not after else there.index(find_part(template, after)) + 1
    keep(work, template, (*there[:at], made, *there[at:]), added=clause.name)
    template.body = [
        {**part, "locked": clause.is_locked} if part["id"] == made.id else part for part in template.body
    ]
    known = {one["name"] for one in template.variables}
    new = [one for one in clause.variables if one["name"] not in known]
    template.variables = [*template.variables, *new]
    return made.id
