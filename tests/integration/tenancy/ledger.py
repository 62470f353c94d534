"""Whether anything of Northlight changed, and whether an answer tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from tests import cast
from tests.integration.tenancy.world import SECRET

# Whose a row is, by the first of these columns that the table has.
WHOSE = {
    "org_id": "org_id = %(org)s",
    "user_id": "user_id IN (SELECT user_id FROM membership WHERE org_id = %(org)s)",
}
THEMSELVES = {
    "org": "id = %(org)s",
    "app_user": "id IN (SELECT user_id FROM membership WHERE org_id = %(org)s)",
}
OF_NOBODY = frozenset({"alembic_version"})


class Ledger:
    """Knows the tables once; `digest` then is one statement."""

    def __init__(self, admin: psycopg.Connection, others: Iterable[UUID]) -> None:
        self.admin, self.others = admin, tuple(str(each) for each in others)
        columns = admin.execute(
            "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped GROUP BY c.relname"
        )
        self.columns: dict[str, list[str]] = {
            str(table): names for table, names in columns if table not in OF_NOBODY
        }
        self.tables = sorted(self.columns)

    def whose(self, table: str, org_id: UUID = cast.NORTHLIGHT) -> str:
        """The condition under which a row of `table` belongs to `org_id`."""
        known = [WHOSE[name] for name in WHOSE if name in self.columns[table]]
        if table not in THEMSELVES and not known:
            raise AssertionError(f"say in ledger.py to whom a row of {table} belongs")
        return (THEMSELVES.get(table) or known[0]) % {"org": f"'{org_id}'"}

    def digest(self, *, but_others: bool = True) -> dict[str, str]:
        """By table, what Northlight has: its rows and when each was written.

        `but_others`: not the rows about the document that another client signs, who may write to them.
        """
        found = self.admin.execute(sql.SQL(self._digest(but_others=but_others)))
        return {str(name): str(value) for name, value in found}

    def digest_inside(self, connection: Connection, *, but_others: bool = True) -> dict[str, str]:
        """The same as an open transaction of any role would leave it."""
        connection.execute(text("SET LOCAL ROLE cf_owner"))
        found = connection.exec_driver_sql(self._digest(but_others=but_others))
        return {str(name): str(value) for name, value in found}

    def _digest(self, *, but_others: bool) -> str:
        apart = "".join(f" AND position('{each}' IN t::text) = 0" for each in self.others if but_others)
        one = (
            "SELECT '{0}', md5(coalesce(string_agg(md5(t::text || xmin::text), '' ORDER BY md5(t::text)), ''))"
            " FROM {0} t WHERE {1}{2}"
        )
        # A client's own signature moves the head of the agency's trail.
        tables = [table for table in self.tables if not (but_others and table == "audit_head")]
        return " UNION ALL ".join(one.format(table, self.whose(table), apart) for table in tables)

    def acts(self, org_id: UUID) -> list[str]:
        """What the trail of `org_id` says was done there, oldest first."""
        found = self.admin.execute("SELECT action FROM audit_event WHERE org_id = %s ORDER BY seq", [org_id])
        return [str(action) for (action,) in found]

    def people(self, org_id: UUID) -> list[tuple[object, ...]]:
        """Who belongs to `org_id` and as what, and whether it stands."""
        return self.admin.execute(
            "SELECT m.user_id, m.role, m.status, o.suspended_at, o.deletion_requested_at, o.deleted_at"
            " FROM membership m JOIN org o ON o.id = m.org_id WHERE o.id = %s ORDER BY m.user_id",
            [org_id],
        ).fetchall()

    def secrets(self) -> set[str]:
        """Every id of Northlight's rows, except its own and its people's names for each other."""
        ids: set[str] = set()
        for table in self.tables:
            if "id" in self.columns[table]:
                ids |= {
                    str(found)
                    for (found,) in self.admin.execute(
                        sql.SQL(f"SELECT id FROM {table} WHERE {self.whose(table)}")
                    )
                }
        return ids

    def counts(self, org_id: UUID) -> dict[str, int]:
        each = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {table} WHERE {self.whose(table, org_id)}"
            for table in self.tables
        )
        return {str(name): int(number) for name, number in self.admin.execute(sql.SQL(each))}


def told(said: object, secrets: Iterable[str], besides: Iterable[object] = ()) -> list[str]:
    """What of Northlight's an answer names. `besides`: what whoever asked knew and named."""
    words, known = repr(said), {str(each) for each in besides}
    return [secret for secret in (SECRET, *secrets) if secret in words and secret not in known]
