"""`./cf up` for real, in copies of this repository: starts, restarts, side by side, and whatever is killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from contractflow.ops.processes import free_port, is_free

pytestmark = [
    pytest.mark.xdist_group("up"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see who is left"),
]
ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".states", "__pycache__", ".*_cache", "node_modules", ".hypothesis"
)
PATIENCE = 120.0  # seconds; a copy that builds its front end on a busy machine takes half of it


@dataclass
class Up:
    """One `up`, running in `directory`."""

    process: subprocess.Popen[bytes]
    directory: Path
    port: int
    log: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return (self.directory / self.log).read_text(errors="replace")

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

    def people(self) -> int:
        """How many there are in the database, past row-level security."""
        secrets = json.loads((self.directory / ".local/secrets.json").read_text())
        port = json.loads((self.directory / ".local/ports.json").read_text())["postgres"]
        with psycopg.connect(
            host="127.0.0.1", port=port, user="postgres", password=secrets["postgres"], dbname="contractflow"
        ) as admin:
            row = admin.execute("SELECT count(*) FROM app_user").fetchone()
            assert row
            return int(row[0])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


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
    while not is_free((port := free_port()) + 1):
        pass
    return port


def start(directory: Path, port: int | None = None, *, log: str = "up.log", **settings: str) -> Up:
    port = port or two_free_ports()
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("CONTRACTFLOW_", "REFLEX_"))
    }
    with (directory / log).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "contractflow", "up", "--port", str(port)],
            cwd=directory, env=clean | settings, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    return Up(process, directory, port, log)


@contextlib.contextmanager
def copied(source: Path) -> Iterator[Path]:
    """A copy of `source` in a directory that PostgreSQL's account can reach."""
    directory = Path(tempfile.mkdtemp(prefix="contractflow-up-"))
    directory.chmod(0o755)
    try:
        shutil.copytree(source, directory, ignore=LEFT_OUT, symlinks=True, dirs_exist_ok=True)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def copy() -> Iterator[Path]:
    """A copy that was never started. The tests below run in their order: the first one starts it cold."""
    with copied(ROOT) as directory:
        shutil.rmtree(directory / ".web", ignore_errors=True)
        yield directory


@pytest.fixture(scope="module")
def running(copy: Path) -> Iterator[Up]:
    """The second start, which most tests share."""
    up = start(copy)
    try:
        up.wait_until_ready()
        yield up
    finally:
        if up.process.poll() is None:
            up.stop()


def test_the_first_start_builds_everything_and_ctrl_c_leaves_nothing(
    copy: Path, record_property: Callable[[str, object], None]
) -> None:
    up = start(copy)
    took = up.wait_until_ready()
    record_property("seconds", took)
    assert "building it" in up.said
    assert status(up.url) == 200
    assert status(f"http://127.0.0.1:{up.port + 1}/") == 200
    assert "Sign in as" in up.said
    processes = up.processes()
    assert len(processes) > 7
    assert up.stop() == 0
    assert not [name for pid, name in processes.items() if is_alive(pid, name)]
    assert "Traceback" not in up.said


def test_the_second_start_builds_nothing_and_keeps_everything(
    running: Up, record_property: Callable[[str, object], None]
) -> None:
    record_property("seconds", running.wait_until_ready())
    assert "building it" not in running.said
    assert "migrate" not in running.said
    assert "demo " not in running.said
    assert running.people() > 0


def test_a_taken_port_is_one_clear_line(running: Up, tmp_path: Path) -> None:
    for port in (running.port, running.port - 1):
        other = subprocess.run(
            [sys.executable, "-m", "contractflow", "up", "--port", str(port)],
            cwd=running.directory, env=os.environ | {"CONTRACTFLOW_DATA_DIR": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert other.returncode == 1
        assert re.fullmatch(
            rf"Port {running.port} \(for .*\) is in use: choose another with --port N\.\n", other.stderr
        )


def test_a_second_one_in_the_same_directory_is_refused(running: Up) -> None:
    second = start(running.directory, log="second.log")
    assert second.process.wait(20) == 1
    assert "already running from this directory" in second.said
    assert running.is_ready()


def test_a_bad_setting_is_one_line_each(copy: Path) -> None:
    up = start(copy, log="bad.log", CONTRACTFLOW_LOG_LEVEL="loud", CONTRACTFLOW_DATABASE_POOL="many")
    assert up.process.wait(20) == 78
    assert [line.split(":")[0] for line in up.said.splitlines()] == [
        "CONTRACTFLOW_DATABASE_POOL",
        "CONTRACTFLOW_LOG_LEVEL",
    ]


@pytest.mark.parametrize(
    "who",
    ["granian", "redis-server", "bin/postgres", "worker drafts", "worker general", "scheduler", "sandbox"],
)
def test_whoever_is_killed_comes_back(running: Up, who: str) -> None:
    people = running.people()
    before = running.leader(who)
    assert before
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: running.leader(who) not in (None, before)), running.said
    assert eventually(running.is_ready), running.said
    assert eventually(lambda: status(f"http://127.0.0.1:{running.port + 1}/") == 200)
    assert running.people() == people


def test_two_copies_do_not_disturb_each_other(running: Up) -> None:
    with copied(running.directory) as directory:
        other = start(directory)
        try:
            other.wait_until_ready()
            assert "building it" not in other.said
            mine, theirs = (
                json.loads((up.directory / ".local/ports.json").read_text()) for up in (running, other)
            )
            assert not set(mine.values()) & set(theirs.values())
            assert running.is_ready()
        finally:
            assert other.stop() == 0
    assert running.is_ready()


def test_kill_9_of_up_itself_leaves_nothing_and_the_next_start_is_whole(running: Up) -> None:
    people = running.people()
    processes = running.processes()
    running.process.kill()
    running.process.wait()
    again = start(running.directory, running.port)  # at once: it waits until the old one is cleaned up
    try:
        again.wait_until_ready()
        assert not [name for pid, name in processes.items() if is_alive(pid, name)]
        assert again.people() == people
    finally:
        assert again.stop() == 0
