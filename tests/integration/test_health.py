"""/api/health: alive as long as the process answers, ready when the database, Redis and a draft worker are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from starlette.applications import Starlette

from contractflow.api import health
from contractflow.broker import connections, heartbeats
from contractflow.config import settings
from contractflow.db.engine import forget_engines
from contractflow.db.migrations import is_current
from contractflow.ops.healthy import healthy
from contractflow.ops.schema import is_at_head
from contractflow.revisions import heads
from tests.conftest import Database


@pytest.fixture
async def browser(redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=health.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await connections.close_async()


async def test_a_process_is_alive_whatever_its_servers_do(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready_with_a_database_a_redis_and_a_draft_worker(
    database: Database, browser: httpx.AsyncClient
) -> None:
    await heartbeats.beat_async("drafts")
    await heartbeats.beat_async("mail")
    answer = await browser.get("/api/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "draft_worker": "ok",
        "mail_worker": "ok",
        "general_worker": "missing",
    }


async def test_another_kind_of_worker_is_no_draft_worker(
    database: Database, browser: httpx.AsyncClient
) -> None:
    heartbeats.beat("general")
    answer = await browser.get("/api/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "database": "ok",
        "redis": "ok",
        "draft_worker": "failing",
        "mail_worker": "missing",
        "general_worker": "ok",
    }


async def test_without_redis_it_says_so_and_not_where_redis_is(
    database: Database, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connections.close_async()
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    heartbeats.beat("drafts")  # raises nothing
    answer = await browser.get("/api/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "database": "ok",
        "redis": "failing",
        "draft_worker": "failing",
    }


async def test_a_database_before_its_first_migration_is_not_ready(
    postgres: Database, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTFLOW_DATABASE_URL", postgres.create("empty"))
    settings.cache_clear()
    forget_engines()
    try:
        assert not is_current()
        answer = await browser.get("/api/health/ready")
        assert answer.json()["database"] == "failing"
    finally:
        forget_engines()


def test_up_asks_the_same_without_sqlalchemy(postgres: Database) -> None:
    assert is_at_head(postgres.url)
    assert not is_at_head(postgres.create("empty"))
    with pytest.raises(psycopg.OperationalError):
        is_at_head("postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def test_an_older_schema_is_not_current(database: Database) -> None:
    with database.admin() as admin:
        admin.execute("UPDATE alembic_version SET version_num = '0001_identity'")
        try:
            assert not is_current()
            assert not is_at_head(database.url)
        finally:
            admin.execute("UPDATE alembic_version SET version_num = %s", [*heads()])
    assert is_current()


def test_a_workers_container_is_well_while_the_worker_in_it_says_so(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert healthy("drafts") == 1
    heartbeats.beat("drafts")
    assert healthy("drafts") == 0
    assert healthy("mail") == 1
    monkeypatch.setattr(heartbeats.socket, "gethostname", lambda: "another-container")
    assert healthy("drafts") == 1  # somebody else's sign of life
    assert "gives no sign of life" in capsys.readouterr().err


def test_a_container_without_its_servers_is_not_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", "redis://:hidden@127.0.0.1:1/0")
    monkeypatch.setenv("PORT", "1")
    settings.cache_clear()
    connections.forget_connections()
    try:
        assert (healthy("drafts"), healthy("web")) == (1, 1)
    finally:
        monkeypatch.undo()
        connections.forget_connections()
        settings.cache_clear()
    assert "hidden" not in capsys.readouterr().err
