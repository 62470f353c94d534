"""A clause of the library goes into a document, where somebody wants it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from contractflow.content import numbering, typed_variables
from contractflow.content.blocks import split
from contractflow.content.typed_variables import TypedVariable
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.services.documents.editing import find_block, open_for_editing
from contractflow.services.documents.versions import add_version
from contractflow.services.templates.searching import chosen


def insert_clause(work: UnitOfWork, document_id: UUID, after: str, clause_id: UUID, position: str) -> str:
    """Put the preferred or the fallback position of a clause behind block `after` ("" at the top).

    The numbers behind it make room; its variables come with their defaults. Returns the id of the new block. Raises
    NotFound, IllegalMove when the text may not change.
    """
    document, version, content = open_for_editing(work, document_id)
    clause = chosen(work, clause_id, position)
    (made,) = split(clause.md, seed=f"{document_id}:{version.number}:{clause_id}")
    at = 0 if not after else content.blocks.index(find_block(content, after)) + 1
    defaults = {
        one.name: typed_variables.check(one, one.default)
        for one in map(TypedVariable.from_json, clause.variables)
        if one.default and one.type != "long"
    }
    facts = {
        "added_by": work.member.name,
        "library": str(clause_id),
        "position": position,
        "at": work.now.isoformat(),
        "reviewed": True,
        "locked": clause.is_locked,
    }
    saved = add_version(
        work,
        document,
        replace(
            content,
            blocks=numbering.insert(content.blocks, at, made),
            variables={**defaults, **content.variables},
        ),
        source="template",
        provenance={**version.provenance, made.id: facts},
        note=f"Clause “{clause.name}” put in",
    )
    work.record(
        "document:insert_clause",
        "document",
        document.id,
        document_id=document.id,
        clause=clause.name,
        position=position,
        version=saved.number,
    )
    return made.id
