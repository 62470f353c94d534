"""`contractflow backup` and `restore`: everything comes back, for whoever has the key, and nothing is half restored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from contractflow import cli
from contractflow.config import settings
from contractflow.db.engine import forget_engines
from contractflow.ops import archive
from tests.conftest import Database
from tests.integration.tampering import EVENTS, write_chain

KEY = "a key of forty characters, kept elsewhere"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
AWKWARD = "tab\t, line\n, \\N, \\., ünïcode ✓ and a quote '"


@pytest.fixture
def point(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`point("name")`: from here on the settings mean that database of the server, and a superuser of it."""

    def at(name: str = "contractflow", **other: str) -> None:
        monkeypatch.setenv("CONTRACTFLOW_DATABASE_URL", database.url_of(name))
        monkeypatch.setenv("CONTRACTFLOW_ADMIN_DATABASE_URL", database.server.admin_url(name))
        monkeypatch.setenv("CONTRACTFLOW_BACKUP_KEY", KEY)
        for key, value in other.items():
            monkeypatch.setenv(key, value)
        settings.cache_clear()
        forget_engines()

    at()
    yield at
    monkeypatch.undo()
    settings.cache_clear()
    forget_engines()


@pytest.fixture
def kept(point, database: Database, tmp_path: Path, capsys) -> Path:
    """A backup of two organisations with trails, and of a text that COPY has to escape."""
    write_chain()
    with database.admin() as admin:
        admin.execute("UPDATE org SET name = %s WHERE name = 'Northlight'", [AWKWARD])
    assert cli.main(["backup", "--directory", str(tmp_path)]) == 0
    (file,) = tmp_path.iterdir()
    said = capsys.readouterr().out
    assert str(file) in said
    assert file.stat().st_mode & 0o077 == 0
    return file


@pytest.fixture
def empty(database: Database) -> Iterator[str]:
    database.create("restored")
    yield "restored"
    with database.admin("postgres") as admin:
        admin.execute("DROP DATABASE restored WITH (FORCE)")


def databases(database: Database) -> set[str]:
    with database.admin("postgres") as admin:
        return {name for (name,) in admin.execute("SELECT datname FROM pg_database").fetchall()}


def contents(database: Database, name: str) -> dict[str, list[Any]]:
    with database.admin(name) as admin:
        names = admin.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {
            table: sorted(map(repr, admin.execute(f'SELECT * FROM "{table}"').fetchall()))
            for (table,) in names.fetchall()
        }


def test_everything_comes_back_and_the_product_can_use_it(kept, point, database, empty, capsys) -> None:
    point(empty)
    assert cli.main(["restore", str(kept)]) == 0
    assert "2 audit trails proved" in capsys.readouterr().out
    assert contents(database, empty) == contents(database, "contractflow")
    assert cli.main(["audit", "verify"]) == 0
    assert f"{EVENTS} events" in capsys.readouterr().out
    with psycopg.connect(database.url_of(empty).replace("+psycopg", "")) as ordinary:
        ordinary.execute("SET ROLE cf_app")
        assert ordinary.execute("SELECT count(*) FROM org").fetchone() == (0,), (
            "tenants are apart there as well"
        )
    with database.admin(empty) as admin, pytest.raises(psycopg.errors.InsufficientPrivilege):
        admin.execute("SET session_replication_role = origin")
        admin.execute("UPDATE audit_event SET action = 'other'")  # its triggers are back


def test_a_rehearsal_says_so_and_leaves_nothing(kept, database, capsys) -> None:
    before, content = databases(database), contents(database, "contractflow")
    assert cli.main(["restore", "--verify", str(kept)]) == 0
    said = capsys.readouterr().out
    assert re.search(
        r"\d+ tables and [\d,]+ rows.* 2 audit trails proved; [\d.]+ s\. It was a rehearsal", said
    ), said
    assert (databases(database), contents(database, "contractflow")) == (before, content)


def test_it_is_never_restored_over_anything(kept, database, capsys) -> None:
    content = contents(database, "contractflow")
    assert cli.main(["restore", str(kept)]) == 1
    assert capsys.readouterr().err == "The database is not empty: restore into a new one.\n"
    assert contents(database, "contractflow") == content


def _flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


# fmt: off
DAMAGE = {
    "another key":        ("is not the key of this backup", Path.touch),
    "cut short":          ("is cut short",                  lambda file: file.write_bytes(file.read_bytes()[:-20])),
    "without its end":    ("is cut short",                  lambda file: file.write_bytes(_frames(file, slice(0, -1)))),
    "in another order":   ("is not the key of this backup", lambda file: file.write_bytes(_frames(file, slice(None, None, -1)))),
    "one bit":            ("is damaged",                    lambda file: _flip(file, -5)),
    "something after it": ("goes on after its end",         lambda file: file.write_bytes(file.read_bytes() + b"x")),
    "another file":       ("is no backup of ContractFlow",  lambda file: file.write_bytes(b"PK\x03\x04 something else")),
    "nothing":            ("is no backup of ContractFlow",  lambda file: file.write_bytes(b"")),
    "not there":          ("cannot be read: No such file",  lambda file: file.unlink()),
}
# fmt: on


def _frames(file: Path, some: slice) -> bytes:
    """Its head, and some of its frames in that order."""
    head, rest = file.read_bytes().split(b"\n", 1)
    cut = []
    while rest:
        (length,) = archive._LENGTH.unpack(rest[:4])
        cut.append(rest[: 4 + length])
        rest = rest[4 + length :]
    return head + b"\n" + b"".join(cut[some])


def test_what_is_damaged_is_refused_in_one_line_before_anything_is_written(
    kept, point, database, empty, capsys
) -> None:
    whole = kept.read_bytes()
    for damage, (words, hurt) in DAMAGE.items():
        kept.write_bytes(whole)
        hurt(kept)
        point(empty, CONTRACTFLOW_BACKUP_KEY=KEY[::-1] if damage == "another key" else KEY)
        assert cli.main(["restore", str(kept)]) == 1, damage
        said = capsys.readouterr().err
        assert words in said, damage
        assert said.count("\n") == 1, damage
    assert contents(database, empty) == {}


def test_who_sees_too_little_or_lacks_the_key_makes_no_backup(point, database, tmp_path, capsys) -> None:
    for other, words in (
        ({"CONTRACTFLOW_ADMIN_DATABASE_URL": database.url}, "row-level security holds back"),
        ({"CONTRACTFLOW_ADMIN_DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:1/x"}, "does not let us in"),
        ({"CONTRACTFLOW_BACKUP_KEY": "short"}, "32 characters or more"),
        ({"CONTRACTFLOW_BACKUP_KEY": KEY}, ""),
    ):
        point(**other)
        assert cli.main(["backup", "--directory", str(tmp_path)]) == int(bool(words))
        assert words in capsys.readouterr().err
    assert len(list(tmp_path.iterdir())) == 1, "what did not come about left no file"


def test_a_backup_of_a_newer_version_says_so(kept, point, empty, capsys, monkeypatch) -> None:
    point(empty)
    monkeypatch.setattr("contractflow.ops.restoring.known", frozenset)
    assert cli.main(["restore", str(kept)]) == 1
    assert "made by a newer version" in capsys.readouterr().err


def test_only_the_newest_stay(point, tmp_path) -> None:
    from contractflow.ops.backup import backup

    (tmp_path / "contractflow.txt").write_text("somebody else's")
    for day in range(4):
        said = backup(tmp_path, 2, NOW + timedelta(days=day))
    assert said.endswith("1 older removed.")
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [
        "contractflow-20261125T030000Z.backup", "contractflow-20261126T030000Z.backup", "contractflow.txt",
    ]  # fmt: skip
