"""The product under measurement: a fresh copy by `up`, or the one that `--url` and the environment name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import by_kind, cpu_seconds
from contractflow.ops.embedded import EmbeddedPostgres, EmbeddedRedis
from contractflow.ops.secret_file import secret
from contractflow.ops.serving import ROOT, reflex_environment

SECONDS_TO_START = 240


@dataclass(frozen=True)
class Product:
    """`pid` is of the `up` that was started for it, 0 for one that ran before; `sandbox` a URL."""

    url: str
    pid: int = 0
    sandbox: str = ""

    def processes(self) -> dict[str, list[int]]:
        """Their pids, by what they are (bench/processes.py)."""
        return by_kind(self.pid)

    def web_seconds(self) -> float:
        """Of CPU that its web processes have taken so far."""
        return cpu_seconds(self.processes()["web"])


@contextmanager
def product(url: str, port: int, *options: str) -> Iterator[Product]:
    """With `url` what runs there, whose CONTRACTFLOW_* settings are in the environment already.

    `options` are of `up`, which starts a copy otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="contractflow-bench-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # the database server leaves root behind
        os.environ.update(reflex_environment(directory))
        if url:
            yield Product(url)
            return
        with _up(directory, port, options) as pid:
            os.environ.update(_environment(directory))
            yield Product(f"http://127.0.0.1:{port}", pid, f"http://127.0.0.1:{port + 1}")


@contextmanager
def _up(directory: Path, port: int, options: Sequence[str]) -> Iterator[int]:
    log = directory / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "contractflow", "up", "--port", str(port), *options],
            cwd=ROOT, env=os.environ | {"CONTRACTFLOW_DATA_DIR": str(directory)}, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, log)
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while "Ready after" not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"the product did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.2)


def _environment(directory: Path) -> dict[str, str]:
    """What `up` told its processes, so that our verbs and sessions are the product's own."""
    ports = json.loads((directory / "ports.json").read_text())
    postgres = EmbeddedPostgres(directory, port=ports["postgres"])
    redis = EmbeddedRedis(directory, port=ports["redis"])
    return {
        "CONTRACTFLOW_DATABASE_URL": postgres.url,
        "CONTRACTFLOW_REDIS_URL": redis.url(),
        "CONTRACTFLOW_SESSION_KEYS": f"local:{secret(directory, 'session')}",
        "CONTRACTFLOW_LINK_KEY": secret(directory, "links"),
        "CONTRACTFLOW_DATA_DIR": str(directory),
    }
