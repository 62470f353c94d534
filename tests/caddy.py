"""The Caddy and the Caddyfile that stand before the product in production."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from contractflow.ops.processes import dies_with_parent, free_port
from contractflow.ops.serving import ROOT


def start_caddy(directory: Path, site: str, ports: Iterable[int], *options: str) -> subprocess.Popen[bytes]:
    """Before web processes on these ports of this machine; `options` are lines of its global block. It logs to caddy.log."""
    program = Path(sys.executable).parent / "caddy"
    with (directory / "caddy.log").open("wb") as out:
        return subprocess.Popen(
            [program, "run", "--adapter", "caddyfile", "--config", ROOT / "deploy/Caddyfile"],
            cwd=directory, stdout=out, stderr=out, preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(directory),
                "SITE_ADDRESS": site,
                "BACKENDS_ARE": "listed",
                "BACKENDS": " ".join(f"127.0.0.1:{port}" for port in ports),
                "CADDY_GLOBAL_OPTIONS": "\n".join(["default_bind 127.0.0.1", *options]),
                "HEALTH_PORT": str(free_port()),
                "WWW": str(ROOT / ".web/build/client"),
            },
        )  # fmt: skip
