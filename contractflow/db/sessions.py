"""What holds for every Session of the process: it has an actor, and saves parents before children."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Table, event, inspect, text
from sqlalchemy.orm import Mapper, Session, SessionTransaction
from sqlalchemy.orm.unitofwork import UOWTransaction, _SaveUpdateAll

from contractflow.permissions import Actor, Member, PlatformAdmin, Signer

ACTOR, NOW = "actor", "now"
GLANCE = "glance"
"""The Session only asks a gate function, which is for everybody."""

# `true` makes them last until the end of the transaction, so that a pooled connection remembers nobody.
_INTRODUCE = text(
    "SELECT now(), set_config('app.org_id', :org, true), set_config('app.user_id', :person, true),"
    " set_config('app.document_id', :document, true), set_config('app.signer_id', :signer, true),"
    " set_config('app.platform', :platform, true)"
)


class NoActor(RuntimeError):
    """A Session was opened without saying for whom: open a unit of work instead."""


@event.listens_for(Session, "after_begin")
def _introduce(session: Session, _: SessionTransaction, connection: Connection) -> None:
    """Tell row-level security for whom this transaction is; without it every table looks empty."""
    if session.info.get(GLANCE):
        return
    actor: Actor | None = session.info.get(ACTOR)
    if actor is None:
        raise NoActor("open a unit_of_work(actor) instead of a bare Session")
    session.info[NOW] = connection.execute(_INTRODUCE, _names(actor)).scalar_one()


def _names(actor: Actor) -> dict[str, str]:
    person = actor.user_id if isinstance(actor, (Member, PlatformAdmin)) else None
    document, signer = (actor.document_id, actor.signer_id) if isinstance(actor, Signer) else (None, None)
    return {
        "org": _text(actor.org_id),
        "person": _text(person),
        "document": _text(document),
        "signer": _text(signer),
        "platform": "on" if isinstance(actor, PlatformAdmin) else "",
    }


def _text(value: UUID | None) -> str:
    return str(value) if value else ""


@event.listens_for(Session, "before_flush")
def _save_parents_first(session: Session, flush: UOWTransaction, _: Any) -> None:
    """SQLAlchemy orders its INSERTs by relationships, which our tables do not declare; foreign keys say the same.

    There is no public hook for it; tests/integration/test_unit_of_work.py notices when this one is gone.
    """
    save_all: Any = _SaveUpdateAll
    mappers = {_table(mapper).name: mapper for mapper in map(_mapper, [*session.new, *session.dirty])}
    for mapper in mappers.values():
        for key in _table(mapper).foreign_key_constraints:
            parent = mappers.get(key.referred_table.name)
            if parent is not None and parent is not mapper and not key.deferrable:
                flush.dependencies.add((save_all(flush, parent), save_all(flush, mapper)))


def _mapper(row: object) -> Mapper[Any]:
    mapper: Mapper[Any] = inspect(row).mapper
    return mapper


def _table(mapper: Mapper[Any]) -> Table:
    return cast("Table", mapper.local_table)
