"""The web process: granian serves the app and the built front end on one port. The same for `up` and for containers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]


def web_argv(host: str, port: int, workers: int = 1) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", host, "--port", str(port),
        "--workers", str(workers), "--respawn-failed-workers", "--workers-kill-timeout", "20s", "--no-access-log",
        "--log-level", "warning", "--working-dir", str(ROOT), "contractflow.contractflow:app",
    ]  # fmt: skip


def reflex_environment(directory: Path) -> dict[str, str]:
    """For everything that imports Reflex: it keeps its files in `directory` and calls nobody."""
    return {
        "REFLEX_DIR": str(directory / "reflex"),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }


def state_url(redis_url: str) -> str:
    """Where Reflex keeps page state unless it has a Redis of its own: apart from queue and streams."""
    return urlunsplit(urlsplit(redis_url)._replace(path="/1"))


def web_environment(state_redis_url: str, directory: Path) -> dict[str, str]:
    return reflex_environment(directory) | {
        "REFLEX_ENV_MODE": "prod",
        # Two internal switches of Reflex 0.10: serve what was built, on this port, without building again.
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "REFLEX_REDIS_URL": state_redis_url,
        # It saves a tenth of the CPU, but on a busy machine one event in two hundred waited 9 s for its lock.
        "REFLEX_OPLOCK_ENABLED": "false",
        "REFLEX_REDIS_MAX_CONNECTIONS": "100",  # unbounded otherwise
        "REFLEX_SOCKET_INTERVAL": "10s",  # a dead socket is noticed after 20 s instead of 145 s
        "REFLEX_SOCKET_TIMEOUT": "10s",
        "PYTHONUNBUFFERED": "1",
    }


def serve(host: str, port: int, workers: int) -> None:
    """Become the web process."""
    from contractflow.config import settings  # noqa: PLC0415 -- `up` imports this module and has its own

    known = settings()
    own = known.state_redis_url.get_secret_value() if known.state_redis_url else None
    state = own or state_url(known.redis_url.get_secret_value())
    os.environ.update(web_environment(state, known.data_dir.resolve()))
    argv = web_argv(host, port, workers)
    os.execv(argv[0], argv)  # noqa: S606 -- no shell is wanted
