"""`./cf up` for real, in copies of this repository: starts, restarts, side by side, and whatever is killed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.running import Up, eventually, is_alive, start, status

pytestmark = [
    pytest.mark.xdist_group("up"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see who is left"),
]
ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".states", "__pycache__", ".*_cache", "node_modules", ".hypothesis"
)


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
    assert "meanwhile" not in up.said
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
    assert not re.search(r"^demo +\|", running.said, re.MULTILINE)
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
    [
        "granian",
        "redis-server",
        "bin/postgres",
        "worker drafts",
        "worker mail",
        "worker general",
        "scheduler",
        "sandbox",
    ],
)
def test_whoever_is_killed_comes_back(running: Up, who: str) -> None:
    people = running.people()
    before = running.kill(who)
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
