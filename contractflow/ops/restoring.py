"""`contractflow restore`: a backup into an empty database, or with `--verify` into one of its own that is dropped again."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql
from sqlalchemy import create_engine

from contractflow.db import trail
from contractflow.db.engine import options
from contractflow.db.migrations import migrate
from contractflow.db.roles import DbRole
from contractflow.errors import Invalid
from contractflow.ops.archive import Kind, frames
from contractflow.ops.backup import Manifest, Servers, Table, admin, copied, named, revision, servers, tables
from contractflow.revisions import heads, known

_IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S'))"


def restore(file: Path) -> str:
    """Into the database of the settings, which must be empty. Answers a sentence; raises Invalid for whatever is wrong."""
    asked = servers()
    with _opened(file) as archive:
        return _restore(archive, asked, time.monotonic())


def verify(file: Path) -> str:
    """The same into a database that is made for it, on the same server; nothing else is touched."""
    asked, started = servers(), time.monotonic()
    with _opened(file) as archive, _scratch(asked) as scratch:
        return _restore(archive, scratch, started) + " It was a rehearsal: the database made for it is gone."


def _restore(archive: BinaryIO, asked: Servers, started: float) -> str:
    manifest = _read(archive, asked.key)
    with admin(asked.admin_url) as database:
        if not (database.execute(_IS_EMPTY).fetchone() or (False,))[0]:
            raise Invalid("The database is not empty: restore into a new one.")
    sqlalchemy = asked.url.replace("postgresql:", "postgresql+psycopg:", 1)
    migrate(sqlalchemy, manifest.revision)
    with admin(asked.admin_url) as database:
        _fill(database, archive, asked.key, manifest)
        _compare(database, manifest)
    migrate(sqlalchemy)
    with admin(asked.admin_url) as database:
        _insist_on_head(database)
    chains = _chains(sqlalchemy)
    return (
        f"Restored what was kept at {manifest.made_at}: {len(manifest.tables)} tables and {manifest.rows:,} rows, each table"
        f" as its digest says; schema {manifest.revision}, now the newest; {chains} audit trails proved;"
        f" {time.monotonic() - started:.1f} s."
    )


def _read(archive: BinaryIO, key: str) -> Manifest:
    """The manifest; on the way to it every frame is opened, before anything is written."""
    *_, (_, content) = frames(archive, key)
    told = json.loads(content)
    manifest = Manifest(**told | {"tables": [Table(**table) for table in told["tables"]]})
    if manifest.revision not in known():
        raise Invalid(
            f"This backup was made by a newer version ({manifest.release}): restore it with that one."
        )
    return manifest


def _fill(database: psycopg.Connection, archive: BinaryIO, key: str, manifest: Manifest) -> None:
    """All tables, in one transaction: without triggers, which would count, stamp and refuse once more."""
    database.execute("BEGIN")
    database.execute("SET LOCAL session_replication_role = replica")
    if set(tables(database)) != {table.name for table in manifest.tables}:
        raise Invalid("This backup holds other tables than its schema: it was made by something else.")
    wiped = sql.SQL(", ").join(sql.Identifier(table.name) for table in manifest.tables)
    database.execute(sql.SQL("TRUNCATE {}").format(wiped))  # migrations write some rows
    with database.cursor() as cursor:
        for head, pieces in _tables(archive, key):
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(*named(head["name"], head["columns"]))
            with cursor.copy(into) as copy:
                for piece in pieces:
                    copy.write(piece)
    database.execute("COMMIT")


def _tables(archive: BinaryIO, key: str) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
    """Each table with its pieces, which have to be read before the next one."""
    coming = frames(archive, key)
    kind, content = next(coming)

    def pieces() -> Iterator[bytes]:
        nonlocal kind, content
        for kind, content in coming:
            if kind is not Kind.ROWS:
                return
            yield content

    while kind is Kind.TABLE:
        yield json.loads(content), pieces()


def _compare(database: psycopg.Connection, manifest: Manifest) -> None:
    for table in manifest.tables:
        if copied(database, table.name, table.columns) != (table.rows, table.digest):
            raise Invalid(f"The table {table.name} is not what was kept.")


def _insist_on_head(database: psycopg.Connection) -> None:
    if {revision(database)} != heads():
        raise Invalid("The schema is not the newest after the migrations.")


def _chains(url: str) -> int:
    engine = create_engine(
        url,
        connect_args={"options": options(DbRole.OPS)},
        isolation_level="REPEATABLE READ",
        native_inet_types=False,
    )
    try:
        verdicts = trail.verify_all(engine)
    finally:
        engine.dispose()
    if broken := [verdict for verdict in verdicts if not verdict.ok]:
        raise Invalid(f"An audit trail does not hold: {broken[0]}")
    return len(verdicts)


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as archive:
            yield archive
    except OSError as problem:
        raise Invalid(f"{file} cannot be read: {problem.strerror}.") from None


@contextmanager
def _scratch(asked: Servers) -> Iterator[Servers]:
    name = f"contractflow_rehearsal_{secrets.token_hex(4)}"
    login = urlsplit(asked.url).username or ""
    with admin(asked.admin_url) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(login)
            )
        )
        try:
            yield Servers(_of(asked.url, name), _of(asked.admin_url, name), asked.key)
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _of(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
