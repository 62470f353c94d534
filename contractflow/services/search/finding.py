"""Asking the database's search: the newest of what holds every word, for whoever may read its kind.

Only `gate_search` sees the words; it answers ids, which are then read like any others, under row-level security.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Integer, String, Uuid, bindparam, column, func
from sqlalchemy.sql.selectable import TableValuedAlias

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not

LONGEST: Final = 100


class Kind(NamedTuple):
    words: str
    needs: P


# fmt: off
KINDS: Final = {
    #                what they are called  who may find them
    "document":  Kind("Documents",         P.DOCUMENT_READ),
    "invoice":   Kind("Invoices",          P.INVOICE_READ),
    "client":    Kind("Clients",           P.CLIENT_READ),
    "project":   Kind("Projects",          P.CLIENT_READ),
}
# fmt: on


def may_find(work: UnitOfWork, kind: str) -> bool:
    return not why_not(work.member, KINDS[kind].needs, own=True)


def hits(
    kind: str, text: str, limit: int, *, named: bool = False, before: UUID | None = None
) -> TableValuedAlias:
    """The newest `limit` of `kind` that hold every word of `text`, older than `before`: `id`, and `found`, how many
    there are, or NULL when they are too many to count.

    `named`: only those with the words in their name or number, or in the name of their client.
    """
    arguments: list[Any] = [
        bindparam(None, kind, type_=String),
        bindparam(None, text[:LONGEST], type_=String),
        bindparam(None, named, type_=Boolean),
        bindparam(None, before, type_=Uuid),
        bindparam(None, limit, type_=Integer),
    ]
    answer = func.gate_search(*arguments)
    return answer.table_valued(column("id", Uuid), column("found", Integer), name=f"hit_{kind}")
