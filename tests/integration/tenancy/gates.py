"""What goes around row-level security on purpose: functions that run as somebody else, and keys, which see every row."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from contractflow.db.roles import DbRole
from contractflow.permissions import System, Visitor
from tests import cast
from tests.integration.tenancy.answers import Answer, attempt, undone
from tests.integration.tenancy.ledger import Ledger
from tests.integration.tenancy.world import World

DEFINERS = """
    SELECT p.proname::text, array(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t),
           has_function_privilege('cf_app', p.oid, 'EXECUTE'), p.prorettype = 'trigger'::regtype
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY p.proname"""
GUESSES: dict[str, list[str]] = {
    "text": ["''", "'%'", "NULL", "'x''; SELECT 1'"],
    "bytea": ["''::bytea", "sha256('guess')", "NULL::bytea"],
    "uuid": ["'{}'::uuid", "NULL::uuid"],
}
"""What somebody could try who holds no proof: nothing, a wildcard, a guess."""
REST = {
    "integer": "100", "timestamp with time zone": "'2000-01-01'::timestamptz", "jsonb": "'{}'::jsonb", "boolean": "true",
    "uuid[]": "ARRAY[]::uuid[]", "text[]": "ARRAY[]::text[]", "inet": "NULL::inet", "bigint": "1", "smallint": "1",
    "interval": "interval '1 day'", "date": "'2000-01-01'::date", "bytea[]": "ARRAY[]::bytea[]",
}  # fmt: skip

KEYS = """
    SELECT k.conname::text, k.conrelid::regclass::text, k.confrelid::regclass::text,
           array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY c(n, o)
                   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.n ORDER BY o),
           array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY c(n, o)
                   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.n ORDER BY o)
      FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace ORDER BY 1"""

# Whatever else could refuse: triggers, checks, unique rules that no key leans on, the other keys.
OTHER_RULES = """
    WITH key AS (SELECT %s::text AS name, %s::regclass AS tab)
    SELECT format('ALTER TABLE %%s DISABLE TRIGGER USER', tab) FROM key
     UNION ALL SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) FROM pg_constraint, key
       WHERE (conrelid = tab AND contype IN ('c', 'f') OR confrelid = tab AND contype = 'f') AND conname <> key.name
     UNION ALL SELECT CASE WHEN k.oid IS NULL THEN format('DROP INDEX %%s', i.indexrelid::regclass)
                           ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', tab, k.conname) END
       FROM key JOIN pg_index i ON i.indrelid = tab AND i.indisunique AND NOT i.indisprimary
       LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'u'
       WHERE NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)"""


def definers(ledger: Ledger) -> list[tuple[str, list[str], bool]]:
    """Name, types of arguments and whether the web process may call it, of every function that runs as somebody else."""
    return [
        (name, kinds, web)
        for name, kinds, web, is_trigger in ledger.admin.execute(DEFINERS)
        if not is_trigger
    ]


def attack_gates(ledger: Ledger) -> list[Answer]:
    return [_guess(ledger, name, kinds, is_web=web) for name, kinds, web in definers(ledger)]


def _guess(ledger: Ledger, name: str, kinds: list[str], *, is_web: bool) -> Answer:
    """As the role that may call it, without an organisation and without a proof; as the web, if that may not."""
    answer = Answer(f"{name}({', '.join(kinds)})", "nobody", "")
    before, said = ledger.digest(), set()
    for guess in range(4):
        with undone(Visitor(), DbRole.APP) as work:
            call = f"SELECT * FROM {name}({', '.join(_argument(kind, guess) for kind in kinds)})"
            rows, refused, problem = attempt(lambda call=call: work.db.execute(text(call)).all())
            said.add(refused or ("a fault" if problem else "nothing" if _is_empty(rows) else "an answer"))
            if problem is None:
                after = ledger.digest_inside(work.db.connection())
                answer.wrong += [
                    f"{table} of Northlight changed" for table in before if before[table] != after[table]
                ]
                answer.wrong += (
                    ["it answers without a proof"] if not _is_empty(rows) and _tells(rows, ledger) else []
                )
    answer.said = " or ".join(sorted(said))
    if not is_web and said != {"permission denied"}:
        answer.wrong.append("the web may call it")
    return answer


def _argument(kind: str, guess: int) -> str:
    if kind in GUESSES:
        return GUESSES[kind][guess % len(GUESSES[kind])].format(uuid4()).replace(":", "\\:")
    if kind not in REST:
        raise LookupError(f"say in gates.py what to guess for a parameter of type {kind}")
    return REST[kind].replace(":", "\\:")


def _is_empty(rows: Any) -> bool:
    return all(value in (None, False, "", 0) for row in rows for value in row)


def _tells(rows: Any, ledger: Ledger) -> bool:
    words = str(rows)
    return any(
        each in words for each in (str(cast.NORTHLIGHT), str(cast.REDSHIFT), "zqnorth", *ledger.secrets())
    )


def attack_keys(world: World, ledger: Ledger) -> list[Answer]:
    """Let a row of Redshift refer to one of Northlight, as the owner of the tables and with their triggers off."""
    return [_refer(ledger, *key) for key in ledger.admin.execute(KEYS).fetchall()]


def _refer(ledger: Ledger, name: str, table: str, parent: str, here: list[str], there: list[str]) -> Answer:
    answer = Answer(f"{table} ({', '.join(here)})", "the owner of the tables", "")
    of_org = "org_id" in ledger.columns[table]
    if not of_org or "org_id" not in ledger.columns[parent]:
        answer.said = f"{parent} belongs to no organisation"
        return answer
    with undone(System(cast.REDSHIFT, "test"), DbRole.OWNER) as work:
        run = work.db.connection().exec_driver_sql
        for rule in ledger.admin.execute(OTHER_RULES, (name, table)).fetchall():
            run(rule[0])
        # The last column is the one that names the row; the others have to agree with it.
        mine, theirs = here[-1], there[-1]
        # Lines of a trail are numbered in each organisation: a number that both have would be one's own.
        not_mine = (
            f"{theirs} NOT IN (SELECT {theirs} FROM {parent} WHERE {ledger.whose(parent, cast.REDSHIFT)})"
        )
        foreign = f"(SELECT {theirs} FROM {parent} WHERE {ledger.whose(parent)} AND {not_mine} ORDER BY ctid LIMIT 1)"
        own = f"(SELECT ctid FROM {table} WHERE {ledger.whose(table, cast.REDSHIFT)} ORDER BY ctid LIMIT 1)"
        statement = f"UPDATE {table} SET {mine} = {foreign} WHERE ctid = {own}; SET CONSTRAINTS ALL IMMEDIATE"
        _, refused, problem = attempt(lambda: run(statement))
        answer.said = refused or "accepted"
        if problem is None or name not in str(problem):
            answer.wrong.append(f"{name} does not refuse it: {problem}")
    return answer
