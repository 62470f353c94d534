"""`./cf test`: every check while the front end is built, then every test in one run of pytest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from contractflow.ops import frontend
from contractflow.ops.serving import ROOT
from contractflow.ops.supervisor import Failed
from contractflow.ops.wheels import CannotStart

WORKERS = "2"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_HOW_TO_GET_ONE = (
    "No Chromium here, and the end-to-end tests need one. Either install chromium or google-chrome with the system's"
    " package manager, or set CF_BROWSER to the program, or run this as root on Debian or Ubuntu."
)
_PROGRAMS = Path(sys.executable).parent


def test(pytest_arguments: Sequence[str]) -> int:
    """Returns the exit code of the first step that failed, or 0. pytest's closing line comes last."""
    _forget_own_settings()
    try:
        os.environ["CF_BROWSER"] = browser()
        if code := _prepare(build=not pytest_arguments):
            return code
    except (CannotStart, Failed) as problem:
        print(problem, file=sys.stderr)
        return 1
    # pytest answers 5 when nothing was collected, so an empty run fails as well.
    command = [str(_PROGRAMS / "pytest"), *(pytest_arguments or _everything())]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode


def _forget_own_settings() -> None:
    """Tests bring their own servers and vendors: nobody's key or database shall be in reach of them."""
    for name in [name for name in os.environ if name.startswith(("CONTRACTFLOW_", "REFLEX_"))]:
        del os.environ[name]


def _prepare(*, build: bool) -> int:
    """Check and build at the same time: each keeps about one core busy."""
    started = time.monotonic()
    # The build keeps the main thread: the kernel ends what it started together with the thread that did.
    with ThreadPoolExecutor(1) as beside:
        checks = beside.submit(_check)
        if build:
            _build()
        code = checks.result()
    print(f"— checks and front end: {time.monotonic() - started:.0f} s", flush=True)
    return code


def _build() -> None:
    started = time.monotonic()
    frontend.ensure_built(ROOT / ".local" / "build")
    print(f"— front end: built ({time.monotonic() - started:.1f} s)", flush=True)


def _check() -> int:
    """Every check, also after one that failed; answers the first failure's code."""
    codes = [_step(name, command) for name, command in _checks()]
    return next((code for code in codes if code), 0)


def browser(*, install: bool = True) -> str:
    """The Chromium for the end-to-end tests; can install one when this is root on Debian or Ubuntu."""
    if named := os.environ.get("CF_BROWSER"):
        if found := shutil.which(named):
            return found
        raise CannotStart(f"CF_BROWSER says {named}, which is not a program.")
    if found := _browser_on_path():
        return found
    if install and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing chromium …", flush=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *arguments], env=quiet, check=False, stdout=subprocess.DEVNULL)
        if found := _browser_on_path():
            return found
    raise CannotStart(_HOW_TO_GET_ONE)


def _browser_on_path() -> str | None:
    return next((found for name in _BROWSERS if (found := shutil.which(name))), None)


def _checks() -> list[tuple[str, list[str]]]:
    return [
        ("ruff check", ["ruff", "check", "."]),
        ("ruff format", ["ruff", "format", "--check", "."]),
        ("import contracts", ["lint-imports", "--no-logo"]),
        ("mypy", ["mypy"]),
        ("ty", ["ty", "check"]),
    ]


def _everything() -> list[str]:
    # One process pool for all of it: a journey through the browser holds one worker, the other goes on with the rest.
    return ["-n", WORKERS, "--dist", "loadgroup", "-q", "--durations=15"]


def _step(name: str, command: Sequence[str]) -> int:
    started = time.monotonic()
    done = subprocess.run(
        [str(_PROGRAMS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(
        f"— {name}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - started:.1f} s)",
        flush=True,
    )
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode
