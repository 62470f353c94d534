"""A real PostgreSQL and a real Redis for every process of the test run, migrated once, emptied after each test.

Tests connect as the roles the product has; the superuser only cleans up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from redis.asyncio import Redis

from contractflow.broker import connections
from contractflow.config import settings
from contractflow.db.engine import forget_engines, use_role
from contractflow.db.migrations import migrate
from contractflow.db.roles import DbRole
from contractflow.integrations.signing import keys
from contractflow.ops.embedded import DATABASE, LOGIN, EmbeddedPostgres, EmbeddedRedis
from contractflow.ops.local import PADDLE_KEYS
from tests import cast
from tests.sandbox import Sandbox, running_sandbox
from tests.served import _web_process, front_end, served, served_by_name, web_log

# Here, for all of the tests: a second definition elsewhere would start a second server and move the settings to it.
__all__ = ["_web_process", "front_end", "served", "served_by_name", "web_log"]


@dataclass(frozen=True)
class Database:
    """The migrated database and the ways around row-level security that only tests have."""

    server: EmbeddedPostgres

    @property
    def url(self) -> str:
        return self.server.url

    def url_of(self, name: str) -> str:
        """The ordinary login's URL of another database of the same server."""
        return self.server.url.removesuffix(DATABASE) + name

    def admin(self, name: str = DATABASE) -> psycopg.Connection:
        """As superuser: neither policies nor triggers hold."""
        url = self.server.admin_url(name).replace("+psycopg", "", 1)
        connection = psycopg.connect(url, autocommit=True)
        connection.execute("SET session_replication_role = replica")
        return connection

    def create(self, name: str) -> str:
        """An empty database that belongs to the ordinary login, which answers its URL."""
        with self.admin("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(LOGIN))
            )
        return self.url_of(name)

    def empty(self) -> None:
        with self.admin() as admin:
            tables = admin.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                " AND relname <> 'alembic_version'"
            ).fetchall()
            # Without triggers DELETE is ten times as fast as TRUNCATE on tables this small.
            wipe = sql.SQL("; ").join(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for (name,) in tables
            )
            admin.execute(wipe)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> Iterator[Database]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        environment = pytest.MonkeyPatch()
        environment.setenv("CONTRACTFLOW_DATABASE_URL", server.url)
        environment.setenv("CONTRACTFLOW_PADDLE_PRICES", PADDLE_KEYS["paddle_prices"])  # tiers are for sale
        settings.cache_clear()
        migrate()
        yield Database(server)
        forget_engines()
        environment.undo()
        settings.cache_clear()


@pytest.fixture
def database(postgres: Database) -> Iterator[Database]:
    """The database with both agencies of tests/cast.py in it, and nothing else."""
    settings.cache_clear()
    postgres.empty()  # a product in a browser may have run on this server before
    cast.enter()
    yield postgres
    use_role(DbRole.APP)
    postgres.empty()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis(tmp_path_factory.mktemp("redis"), durable=False) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty Redis, which the product's own connections reach."""
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", redis_server.url())
    settings.cache_clear()
    connections.forget_connections()
    connections.request_redis().flushall()
    yield redis_server.url()
    connections.forget_connections()
    settings.cache_clear()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    """The vendors' other side; what a test leaves there, the next one of its module takes away with `clear`."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def own_key(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data directory of its own, so a key of its own to seal with."""
    monkeypatch.setenv("CONTRACTFLOW_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    keys.signer.cache_clear()
    yield tmp_path / "data"
    settings.cache_clear()
    keys.signer.cache_clear()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    yield connections.async_redis()
    await connections.close_async()
