"""The servers of `up` and of the tests: private, disposable, and kept apart."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from contractflow.ops import embedded
from contractflow.ops.embedded import EmbeddedPostgres, EmbeddedRedis
from contractflow.ops.wheels import CannotStart


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory):
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server
    assert not server.data.exists()


def test_the_login_owns_its_database_and_is_no_superuser(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, pg_get_userbyid(datdba) = current_user,"
            " current_setting('server_encoding') FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
    assert row == (False, False, False, True, "UTF8")


def test_nobody_gets_in_without_the_password(postgres: EmbeddedPostgres) -> None:
    for user in ("postgres", "contractflow"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                f"postgresql://{user}@127.0.0.1:{postgres.port}/contractflow", passfile=os.devnull
            )


def test_a_second_start_finds_what_the_first_stored(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as first, redis.Redis.from_url(first.url()) as client:
        client.set("kept", "yes")
    with EmbeddedRedis(tmp_path) as second, redis.Redis.from_url(second.url()) as client:
        assert client.get("kept") == b"yes"


def test_redis_wants_its_password_and_evicts_nothing(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path, durable=False) as server:
        once = Retry(NoBackoff(), 0)  # left to itself, the client would try again for seconds
        with redis.Redis(port=server.port, retry=once) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        with redis.Redis.from_url(server.url(), decode_responses=True) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert set(client.config_get("notify-keyspace-events")["notify-keyspace-events"]) == set("K$sgxe")
    for name in ("redis.conf", "secrets.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_server_that_cannot_start_says_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedRedis(tmp_path)
    monkeypatch.setattr(EmbeddedRedis, "argv", lambda self: [self.program, "--no-such-option", "1"])
    with pytest.raises(CannotStart, match=r"(?s)redis does not start.*no-such-option"):
        server.start()


def test_data_of_another_postgres_is_refused(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    other = EmbeddedPostgres(tmp_path, durable=False)
    other.data.mkdir(parents=True)
    (other.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 12"):
        other.prepare()
    other.stop()


def test_a_missing_wheel_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(CannotStart, match="CONTRACTFLOW_DATABASE_URL"):
        embedded.EmbeddedPostgres(tmp_path)
    with pytest.raises(CannotStart, match="CONTRACTFLOW_REDIS_URL"):
        embedded.EmbeddedRedis(tmp_path)
