"""Raw SQL as the roles of the product: what row-level security, grants and keys leave of a statement without a WHERE."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from contractflow.db.roles import DbRole
from contractflow.permissions import Actor, Signer, System, Visitor
from tests import cast
from tests.integration.tenancy.answers import Answer, attempt, undone
from tests.integration.tenancy.ledger import Ledger
from tests.integration.tenancy.world import SECRET, World

ACTIONS = ("SELECT", "INSERT", "UPDATE", "DELETE", "move")
"""`move`: to give one's own rows to the other organisation."""


def attackers(world: World) -> dict[str, tuple[Actor, DbRole]]:
    return {
        "Rita": (cast.rita, DbRole.APP),
        "Rita's worker": (System(cast.REDSHIFT, "worker"), DbRole.WORKER),
        "another client": (world.other, DbRole.APP),
        "nobody": (Visitor(), DbRole.APP),
        "nobody's worker": (Visitor(), DbRole.WORKER),
    }


def attack_tables(world: World, ledger: Ledger, tables: Sequence[str] = ()) -> list[Answer]:
    """`tables`: those only; by default all there are."""
    answers = []
    for whom, (actor, role) in attackers(world).items():
        before = ledger.digest(but_others=isinstance(actor, Signer))
        answers += [
            _attack(ledger, before, (table, action), whom, actor, role)
            for table in tables or ledger.tables for action in ACTIONS
        ]  # fmt: skip
    return answers


def _attack(
    ledger: Ledger, before: dict[str, str], what: tuple[str, str], whom: str, actor: Actor, role: DbRole
) -> Answer:
    table, action = what
    answer = Answer(f"{action} {table}", whom, "")
    with undone(actor, role) as work:
        rows, refused, problem = attempt(lambda: _do(work, ledger, table, action, role))
        if problem is None:
            answer.said = _said(rows)
            answer.wrong += _wrong(work, ledger, actor, before, rows)
        else:
            answer.said = refused
            answer.wrong += [] if refused and "unique" not in refused else [repr(problem)[:300]]
    return answer


def _said(rows: Any) -> str:
    return "only their own" if rows else "nothing"


def _wrong(work: Any, ledger: Ledger, actor: Actor, before: dict[str, str], rows: Any) -> Iterator[str]:
    if SECRET in str(rows):
        yield "it shows what Northlight keeps to itself"
    after = ledger.digest_inside(work.db.connection(), but_others=isinstance(actor, Signer))
    yield from (f"{name} of Northlight changed" for name in before if before[name] != after[name])


def _do(work: Any, ledger: Ledger, table: str, action: str, role: DbRole) -> Any:
    """The rows that were read, or how many were touched."""
    run = work.db.connection().execute
    match action:
        case "SELECT":
            return run(text(f"SELECT {_columns(ledger, table, role, 'SELECT')} FROM {table}")).all()
        case "UPDATE":
            column = _columns(ledger, table, role, "UPDATE").split(", ")[-1]
            return run(text(f"UPDATE {table} SET {column} = {column}")).rowcount
        case "DELETE":
            return run(text(f"DELETE FROM {table}")).rowcount
        case "move":
            whose = "org_id" if "org_id" in ledger.columns[table] else "id"
            whose = whose if whose in ledger.columns[table] else "user_id"
            return run(text(f"UPDATE {table} SET {whose} = :org"), {"org": cast.NORTHLIGHT}).rowcount
        case _:
            return _plant(run, ledger, table)


def _columns(ledger: Ledger, table: str, role: DbRole, privilege: str) -> str:
    """The columns that the role may read or write; all of them when it may none, so that it is told so."""
    query = """SELECT a.attname FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
                  AND has_column_privilege(%s, a.attrelid, a.attnum, %s) ORDER BY a.attnum"""
    granted = [name for (name,) in ledger.admin.execute(query, (table, str(role), privilege))]
    return ", ".join(granted or ledger.columns[table])


def _plant(run: Any, ledger: Ledger, table: str) -> int:
    """A row of Northlight's once more, under a new id."""
    query = f"SELECT to_jsonb(t) FROM {table} t WHERE {ledger.whose(table)} LIMIT 1"
    ((row,),) = ledger.admin.execute(query).fetchall()
    generated = {
        name for (name,) in ledger.admin.execute(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attgenerated <> ''", (table,))
    }  # fmt: skip
    if "id" in row and table != "org":
        row["id"] = str(uuid4())
    names = ", ".join(name for name in row if name not in generated)
    planted = f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))"
    return run(text(planted), {"row": json.dumps(row)}).rowcount
