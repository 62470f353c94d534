"""The web process as `up` starts it, on the servers of this test run."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contractflow.ops import frontend
from contractflow.ops.processes import dies_with_parent, free_port
from contractflow.ops.serving import ROOT, state_url, web_argv, web_environment


@pytest.fixture(scope="session")
def front_end(tmp_path_factory) -> None:
    """The front end as the sources are now; `./cf test` has built it, another run of pytest does it here."""
    frontend.ensure_built(tmp_path_factory.mktemp("front-end"))


@pytest.fixture(scope="session")
def served(_web_process: tuple[str, Path]) -> str:
    """Its address. Its Redis is not the one that tests empty."""
    return _web_process[0]


@pytest.fixture
def web_log(_web_process: tuple[str, Path]) -> Callable[[], str]:
    """What it has logged since the test began."""
    log = _web_process[1]
    begun = log.stat().st_size
    return lambda: log.read_bytes()[begun:].decode(errors="replace")


@pytest.fixture(scope="session")
def _web_process(front_end, redis_server, postgres, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    with web_process(redis_server.url(2), postgres.url, tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.fixture
def served_by_name(front_end, redis_server, postgres, tmp_path_factory) -> Iterator[str]:
    """Its address by a name, as browsers want it for passkeys."""
    directory = tmp_path_factory.mktemp("web")
    with web_process(redis_server.url(2), postgres.url, directory, host="localhost") as (address, _):
        yield address


@contextmanager
def web_process(
    redis_url: str, database_url: str, directory: Path, host: str = "127.0.0.1", **more: str
) -> Iterator[tuple[str, Path]]:
    """A web process of its own: its address and its log. `more` is added to its environment."""
    port = free_port()
    env = {
        "CONTRACTFLOW_REDIS_URL": redis_url,
        "CONTRACTFLOW_DATABASE_URL": database_url,
        "CONTRACTFLOW_BASE_URL": f"http://{host}:{port}",
        **web_environment(state_url(redis_url), directory / "reflex"),
        **more,
    }
    log = directory / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            web_argv("127.0.0.1", port), cwd=ROOT, env=env, stdout=out, stderr=out, preexec_fn=dies_with_parent()  # noqa: PLW1509  single-threaded so far
        )  # fmt: skip
        try:
            _wait_for(port, process, log)
            yield env["CONTRACTFLOW_BASE_URL"], log
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()  # one that did not go in time fails its own test, not the next one
                process.wait()


def _wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"the web process did not start: {log.read_text()[-3000:]}")
