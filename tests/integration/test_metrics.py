"""What Prometheus reads: true of all processes, without a word of anybody, and also when a server is away."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from prometheus_client import generate_latest
from redis.asyncio import Redis

from contractflow.api import api
from contractflow.broker import connections, heartbeats, latency, queue
from contractflow.config import settings
from contractflow.db.unit_of_work import unit_of_work
from contractflow.ops.metrics import registry
from tests import builders, cast
from tests.conftest import Database


def told() -> str:
    return generate_latest(registry()).decode()


def test_it_tells_of_queues_workers_breakers_and_drafts(database: Database, redis_url: str) -> None:
    queue.enqueue("mail.deliver", job_id="mail-1", notification_id="1")
    heartbeats.beat("drafts", busy=3, places=50)
    connections.request_redis().hset("cf:breaker:openai", mapping={"open_until": 1, "failures": 5})
    with unit_of_work(cast.mia) as work:
        builders.a_draft_job(work, builders.a_document(work))
    lines = told().splitlines()
    for line in (
        'contractflow_up{part="redis"} 1.0',
        'contractflow_up{part="database"} 1.0',
        'contractflow_queue_waiting{queue="mail"} 1.0',
        'contractflow_queue_waiting{queue="drafts"} 0.0',
        'contractflow_workers{kind="drafts"} 1.0',
        'contractflow_workers{kind="scheduler"} 0.0',
        'contractflow_jobs_running{kind="drafts"} 3.0',
        'contractflow_breaker_open{provider="openai"} 1.0',
        'contractflow_breaker_open{provider="gemini"} 0.0',
        'contractflow_drafts{state="queued"} 1.0',
        'contractflow_drafts{state="failed"} 0.0',
    ):
        assert line in lines, line


async def test_it_tells_how_long_requests_and_events_took_in_all_web_processes(
    database: Database, redis: Redis
) -> None:
    """By names of ours: no id that stands in an address."""
    latency._seen.clear()
    app = httpx.ASGITransport(app=api())
    async with httpx.AsyncClient(transport=app, base_url="http://testserver") as client:
        await client.get("/api/health/live")
        await client.get("/api/documents/01a00000-0000-7000-8000-000000000000/pdf")
    latency.saw("event", "DocumentState.load", 0.03)
    await latency.tell()
    latency.saw("event", "DocumentState.load", 20)  # another process
    await latency.tell()
    await latency.tell()  # nothing twice
    text = await asyncio.to_thread(told)
    for line in (
        'contractflow_request_seconds_count{name="GET /api/health/live"} 1.0',
        'contractflow_request_seconds_count{name="GET /api/documents/{document_id:uuid}/pdf"} 1.0',
        'contractflow_event_seconds_bucket{le="0.025",name="DocumentState.load"} 0.0',
        'contractflow_event_seconds_bucket{le="0.05",name="DocumentState.load"} 1.0',
        'contractflow_event_seconds_bucket{le="10.0",name="DocumentState.load"} 1.0',
        'contractflow_event_seconds_bucket{le="+Inf",name="DocumentState.load"} 2.0',
        'contractflow_event_seconds_count{name="DocumentState.load"} 2.0',
        'contractflow_event_seconds_sum{name="DocumentState.load"} 20.03',
    ):
        assert line in text.splitlines(), line
    assert "01a00000" not in text


def test_what_is_away_is_said_and_the_rest_still_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", "redis://:hidden@127.0.0.1:1/0")
    settings.cache_clear()
    connections.forget_connections()
    try:
        text = told()
    finally:
        monkeypatch.undo()
        connections.forget_connections()
        settings.cache_clear()
    assert 'contractflow_up{part="redis"} 0.0' in text
    assert 'contractflow_up{part="database"} 1.0' in text
    assert "contractflow_queue_waiting" not in text
    assert "contractflow_drafts" in text
