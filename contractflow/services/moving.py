"""The one place a row changes state: locked first, checked against its table of moves, then recorded."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect
from sqlmodel import SQLModel

from contractflow.broker import changes
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Document
from contractflow.permissions import Actor, Member, require_confirmed
from contractflow.workflows.machine import Workflow

Row = TypeVar("Row", bound=SQLModel)


def locked(work: UnitOfWork, model: type[Row], row_id: UUID, noun: str) -> Row:
    """The row as it is now, held until the commit. Raises NotFound, also for a row of another organisation."""
    hold = {"key_share": True}  # we never change keys: others may go on adding rows that refer to this one
    row = work.db.get(model, row_id, with_for_update=hold, populate_existing=True)
    if row is None:
        raise NotFound(noun)
    return row


def move(
    work: UnitOfWork,
    row: Any,
    workflow: Workflow[Any],
    verb: str,
    *,
    subject: Any = None,
    by: Actor | None = None,
    **data: Any,
) -> None:
    """Do `verb` to `row`, which the caller has locked. Raises IllegalMove or NotAllowed and changes nothing then.

    `subject` answers the guards' questions and whose the row is; by default the row itself does.
    `by` is who acts when it is not the actor of the work: `work.system("billing")`.
    """
    _write_earlier_state(work, row, workflow.column)
    before = getattr(row, workflow.column)
    after = workflow.next(subject or RowSubject(row), verb, by or work.actor)
    if asked := workflow.permission(subject or RowSubject(row), verb):
        require_confirmed(by or work.actor, asked)
    setattr(row, workflow.column, after)
    document_id = row.id if isinstance(row, Document) else getattr(row, "document_id", None)
    work.record(
        f"{workflow.table}:{verb}",
        workflow.table,
        row.id,
        document_id=document_id,
        by=by,
        **data | {"from": str(before), "to": str(after)},
    )


def possible(work: UnitOfWork, row: Any, workflow: Workflow[Any]) -> dict[str, Any]:
    """`can_<verb>` of every verb that would succeed now, as the pages of a row name them."""
    return {f"can_{verb}": True for verb in workflow.verbs(RowSubject(row), work.actor)}


def owns(actor: Actor, owner_id: UUID | None) -> bool:
    """Whether a thing of the membership `owner_id` is the actor's own."""
    return isinstance(actor, Member) and actor.membership_id == owner_id


def touched(work: UnitOfWork, document: Document) -> None:
    """Tell every open screen about `document`, once this is saved."""
    topics = f"document:{document.id}", f"org:{document.org_id}"
    work.after_commit(lambda: changes.announce(*topics))


def _write_earlier_state(work: UnitOfWork, row: Any, column: str) -> None:
    """Two moves in one transaction are two edges for the database as well, and every row starts at its start."""
    if row in work.db.new or inspect(row).attrs[column].history.has_changes():
        work.db.flush()


class RowSubject:
    """A row as the subject of its own moves: it has its columns, and belongs to the member named as its owner."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def is_own(self, actor: Actor) -> bool:
        return owns(actor, getattr(self._row, "owner_id", None))
