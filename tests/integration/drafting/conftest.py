"""The sandbox, whose faults these tests set, and processes of the product."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from contractflow.ops.processes import dies_with_parent
from tests.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def ai_sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("ai-sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(ai_sandbox) -> Iterator[Sandbox]:
    ai_sandbox.clear()
    yield ai_sandbox
    ai_sandbox.clear()


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(database, redis_url, tmp_path) -> Iterator[Start]:
    """Start `python -m contractflow <command>`; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*command: str, **environment: str) -> subprocess.Popen[bytes]:
        settings = {f"CONTRACTFLOW_{name}": value for name, value in environment.items()}
        log = (tmp_path / f"{len(started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "contractflow", *command],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509  one prctl call
        )
        log.close()
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
    for path in tmp_path.glob("*.log"):
        sys.stdout.write(path.read_text()[-3000:])
