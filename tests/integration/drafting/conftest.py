"""A Redis and a sandbox of our own, so that their faults disturb nobody else's tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from contractflow.broker import connections
from contractflow.config import settings
from contractflow.ops.embedded import EmbeddedRedis
from contractflow.ops.processes import dies_with_parent, free_port


@dataclass(frozen=True)
class Sandbox:
    url: str

    def faults(self, **wanted: list[object]) -> None:
        """Queue faults by vendor; the other vendor's list is emptied."""
        httpx.post(f"{self.url}/faults", json={"gemini": [], "openai": [], **wanted}).raise_for_status()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    port, smtp = free_port(), free_port()
    command = [
        sys.executable,
        "-m",
        "contractflow.sandbox.server",
        "--port",
        str(port),
        "--smtp-port",
        str(smtp),
    ]
    process = subprocess.Popen(
        [*command, "--directory", str(tmp_path_factory.mktemp("sandbox"))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(),  # noqa: PLW1509  one prctl call
    )
    assert process.stdout
    assert b"ready" in process.stdout.readline()
    yield Sandbox(f"http://127.0.0.1:{port}")
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis(tmp_path_factory.mktemp("redis"), durable=False) as server:
        yield server


@pytest.fixture
def redis_url(redis_server, monkeypatch) -> Iterator[str]:
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", redis_server.url())
    _forget()
    connections.request_redis().flushall()
    yield redis_server.url()
    _forget()


@pytest.fixture
async def redis(redis_url):
    yield connections.async_redis()
    await connections.close_async()


def _forget() -> None:
    settings.cache_clear()
    connections.forget_connections()
