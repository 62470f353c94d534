"""`contractflow backup`: everything the database holds, as it was at one moment, in one encrypted file.

By COPY over an ordinary connection, so that the image needs no PostgreSQL programs. The schema is not in it: migrations
make it again (`contractflow restore`), at the revision that the manifest names.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from contractflow.config import settings
from contractflow.errors import Invalid
from contractflow.ops.archive import Kind, Writer
from contractflow.ops.embedded import DATABASE, EmbeddedPostgres
from contractflow.ops.secret_file import secret

NAMED: Final = "contractflow-%Y%m%dT%H%M%SZ.backup"
Piece = bytes | bytearray | memoryview
PIECE: Final = 4 * 1024 * 1024
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
)
_COLUMNS = """SELECT attname FROM pg_attribute WHERE attrelid = ('public.' || quote_ident(%s))::regclass
   AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""
_SEES_ALL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_READS_ALIKE = (  # the text of a value is the same wherever it is read
    "SET row_security = off; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1; SET synchronize_seqscans = off; SET client_encoding = 'UTF8'"
)


@dataclass(frozen=True)
class Table:
    """What one held: `digest` is the SHA-256 of its rows as COPY writes them."""

    name: str
    columns: list[str]
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    release: str
    revision: str
    tables: list[Table]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True)
class Servers:
    """Whom to ask: the product's own login, and somebody whom row-level security does not hold. psycopg's form."""

    url: str
    admin_url: str
    key: str


def servers() -> Servers:
    """Of the settings, or of `up` in this directory. Raises Invalid when something is missing."""
    known = settings()
    directory = known.data_dir.resolve()
    if "database_url" not in known.model_fields_set and (directory / "ports.json").exists():
        port = json.loads((directory / "ports.json").read_text())["postgres"]
        local = EmbeddedPostgres(directory, port=port)
        return Servers(_plain(local.url), _plain(local.admin_url(DATABASE)), secret(directory, "backup"))
    if known.admin_database_url is None or known.backup_key is None:
        raise Invalid(
            "Set CONTRACTFLOW_ADMIN_DATABASE_URL and CONTRACTFLOW_BACKUP_KEY: .env.example says what they are."
        )
    return Servers(
        _plain(known.database_url.get_secret_value()),
        _plain(known.admin_database_url.get_secret_value()),
        known.backup_key.get_secret_value(),
    )


def backup(directory: Path, keep: int, now: datetime | None = None) -> str:
    """Writes a new file into `directory`, whole or not at all, then removes all but the `keep` newest. Answers a sentence."""
    started, asked = time.monotonic(), servers()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = directory / (now or datetime.now(UTC)).strftime(NAMED)
    fresh = file.with_suffix(".part")
    try:
        manifest = _write(fresh, asked)
        fresh.rename(file)
    finally:
        fresh.unlink(missing_ok=True)
    gone = _let_go(directory, keep)
    return (
        f"{file}: {len(manifest.tables)} tables, {manifest.rows:,} rows, {file.stat().st_size / 1e6:,.1f} MB"
        f" in {time.monotonic() - started:.1f} s" + (f"; {gone} older removed." if gone else ".")
    )


def _write(file: Path, asked: Servers) -> Manifest:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        archive = Writer(out, asked.key)
        with admin(asked.admin_url) as database:
            database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            manifest = Manifest(
                datetime.now(UTC).isoformat(timespec="seconds"),
                settings().release,
                revision(database),
                [_keep(archive, database, name) for name in tables(database)],
            )
        archive.add(Kind.END, json.dumps(asdict(manifest)).encode())
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _keep(archive: Writer, database: psycopg.Connection, name: str) -> Table:
    columns = [column for (column,) in database.execute(_COLUMNS, [name])]
    archive.add(Kind.TABLE, json.dumps({"name": name, "columns": columns}).encode())
    waiting = bytearray()

    def keep(piece: Piece) -> None:
        waiting.extend(piece)
        if len(waiting) >= PIECE:
            archive.add(Kind.ROWS, bytes(waiting))
            waiting.clear()

    rows, digest = copied(database, name, columns, keep)
    if waiting:
        archive.add(Kind.ROWS, bytes(waiting))
    return Table(name, columns, rows, digest)


def copied(
    database: psycopg.Connection,
    name: str,
    columns: list[str],
    take: Callable[[Piece], object] = lambda _piece: None,
) -> tuple[int, str]:
    """COPY a table out, piece by piece to `take`: how many rows, and their digest."""
    digest = hashlib.sha256()
    with database.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(*named(name, columns))) as copy:
            for piece in copy:
                digest.update(piece)
                take(piece)
        return cursor.rowcount, digest.hexdigest()


def named(name: str, columns: list[str]) -> tuple[sql.Identifier, sql.Composed]:
    return sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))


def tables(database: psycopg.Connection) -> list[str]:
    """All but the one that says how far migrations have come."""
    return [name for (name,) in database.execute(_TABLES) if name != "alembic_version"]


def revision(database: psycopg.Connection) -> str:
    """Which migration it has run last. Raises Invalid when none has."""
    try:
        found = database.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.errors.UndefinedTable:
        raise Invalid("There is no ContractFlow in this database.") from None
    return str(found[0][0])


@contextmanager
def admin(url: str) -> Iterator[psycopg.Connection]:
    """Somebody who sees all rows. Raises Invalid for anybody else, and when nobody answers."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as gone:
        why = (str(gone).strip().splitlines() or ["no answer"])[-1]
        raise Invalid(f"The database of CONTRACTFLOW_ADMIN_DATABASE_URL does not let us in: {why}") from None
    with connection:
        (sees_all,) = connection.execute(_SEES_ALL).fetchone() or (False,)
        if not sees_all:
            raise Invalid(
                "CONTRACTFLOW_ADMIN_DATABASE_URL names a login that row-level security holds back: it sees nothing."
            )
        connection.execute(_READS_ALIKE)
        yield connection


def _let_go(directory: Path, keep: int) -> int:
    older = sorted(directory.glob("contractflow-*Z.backup"), reverse=True)[max(keep, 1) :]
    for file in older:
        file.unlink()
    return len(older)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
