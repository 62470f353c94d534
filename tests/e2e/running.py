"""`./cf up` as a process that tests start, look into, hurt and stop."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from contractflow.ops.processes import is_free

PATIENCE = 120.0  # seconds; a copy that builds its front end on a busy machine takes half of it


@dataclass
class Up:
    """One `up`, running in `directory`, with its data in `data`."""

    process: subprocess.Popen[bytes]
    directory: Path
    data: Path
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def is_ready(self) -> bool:
        return status(f"{self.url}/api/health/ready") == 200

    def wait_until_ready(self) -> float:
        """Returns the seconds `up` says it took."""
        assert eventually(lambda: "Ready after" in self.said or self.process.poll() is not None, PATIENCE), (
            self.said
        )
        found = re.search(r"Ready after ([\d.]+) s", self.said)
        assert found, self.said
        return float(found[1])

    def processes(self) -> dict[int, str]:
        """Every process below this `up`, also those that left its group: pid → command."""
        found: dict[int, str] = {}
        waiting = [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found[pid] = command(pid)
            for children in Path("/proc", str(pid), "task").glob("*/children"):
                with contextlib.suppress(OSError):
                    waiting += [int(child) for child in children.read_text().split()]
        return found

    def leader(self, words: str) -> int | None:
        """The direct child whose command contains `words`."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next((int(pid) for pid in children if words in command(int(pid))), None)

    def kill(self, words: str) -> int:
        """kill -9 that child; returns its pid."""
        pid = self.leader(words)
        assert pid, f"no {words} among {self.processes()}"
        os.kill(pid, signal.SIGKILL)
        return pid

    def port_of(self, server: str) -> int:
        return int(json.loads((self.data / "ports.json").read_text())[server])

    def admin(self) -> psycopg.Connection:
        """The database past row-level security."""
        password = json.loads((self.data / "secrets.json").read_text())["postgres"]
        return psycopg.connect(
            host="127.0.0.1", port=self.port_of("postgres"), user="postgres", password=password,
            dbname="contractflow",
        )  # fmt: skip

    def people(self) -> int:
        """How many there are in the database."""
        with self.admin() as admin:
            row = admin.execute("SELECT count(*) FROM app_user").fetchone()
            assert row
            return int(row[0])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


def start(directory: Path, port: int | None = None, *, log: str = "up.log", **settings: str) -> Up:
    """`settings` are environment variables; without a CONTRACTFLOW_DATA_DIR the data lies in `directory`/.local."""
    port = port or two_free_ports()
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("CONTRACTFLOW_", "REFLEX_"))
    }
    data = Path(settings.get("CONTRACTFLOW_DATA_DIR", directory / ".local"))
    log_file = data / log if "CONTRACTFLOW_DATA_DIR" in settings else directory / log
    with log_file.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "contractflow", "up", "--port", str(port)],
            cwd=directory, env=clean | settings, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    return Up(process, directory, data, port, log_file)


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def is_alive(pid: int, known_as: str) -> bool:
    return (
        bool(known_as) and command(pid) == known_as
    )  # a pid may be somebody else's by now; a zombie has no command


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 -- our own, http
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except (OSError, http.client.HTTPException):
        return 0


def eventually(condition: Callable[[], object], within: float = 30) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def two_free_ports() -> int:
    """Below where the kernel picks ports, so that nobody is given the second one before it is used."""
    while True:
        port = random.randrange(20_000, 30_000, 2)
        if is_free(port) and is_free(port + 1):
            return port
