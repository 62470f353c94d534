"""The product under measurement: a fresh copy by `up`, or the one that `--url` and the environment name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from contractflow.ops.embedded import EmbeddedPostgres, EmbeddedRedis
from contractflow.ops.secret_file import secret
from contractflow.ops.serving import ROOT, reflex_environment

SECONDS_TO_START = 240


@dataclass(frozen=True)
class Product:
    """`pid` is of the `up` that was started for it, 0 for one that ran before."""

    url: str
    pid: int = 0

    def web_seconds(self) -> float:
        """Of CPU that its web processes have taken so far: what a busy machine does not distort."""
        return sum(_cpu_seconds(pid) for pid in _below(self.pid) if b"granian" in _read(pid, "cmdline"))


@contextmanager
def product(url: str, port: int) -> Iterator[Product]:
    """With `url` what runs there, whose CONTRACTFLOW_* settings are in the environment already."""
    with tempfile.TemporaryDirectory(prefix="contractflow-bench-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # the database server leaves root behind
        os.environ.update(reflex_environment(directory))
        if url:
            yield Product(url)
            return
        with _up(directory, port) as pid:
            os.environ.update(_environment(directory))
            yield Product(f"http://127.0.0.1:{port}", pid)


@contextmanager
def _up(directory: Path, port: int) -> Iterator[int]:
    log = directory / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "contractflow", "up", "--port", str(port)],
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


def _below(pid: int) -> list[int]:
    """The processes that `pid` started, and theirs."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children") if pid else ():
        for child in map(int, children.read_text().split()):
            found += [child, *_below(child)]
    return found


def _cpu_seconds(pid: int) -> float:
    fields = _read(pid, "stat").rpartition(b")")[2].split()  # the name before may hold spaces
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def _read(pid: int, name: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""
