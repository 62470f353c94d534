"""Several web processes behind the Caddy and the Caddyfile that stand before them in production."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis

from contractflow.ops.processes import dies_with_parent, free_port
from contractflow.ops.serving import ROOT, web_argv
from tests.caddy import start_caddy
from tests.e2e.product import Product
from tests.e2e.running import PATIENCE, Up, eventually, status


@dataclass
class Replica:
    name: str
    port: int
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                web_argv("127.0.0.1", self.port), cwd=ROOT, env=self.environment, stdout=out, stderr=out,
                start_new_session=True, preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509  one prctl call
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        ready = eventually(lambda: status(f"{self.url}/api/health/live") == 200, PATIENCE)
        assert ready, self.log.read_text()[-3000:]

    def kill(self) -> None:
        """As a lost container goes: master and workers at once, without a word."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(frozen=True)
class Behind(Product):
    """The product, entered by its edge instead of by the process that `up` started."""

    edge: str = ""
    replicas: dict[str, Replica] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.edge

    async def mail(self, to: str, about: str, after: int = 0) -> dict[str, Any]:
        """Its links lead to the edge, as they do where there is nothing else."""
        mail = await super().mail(to, about, after)
        return mail | {"links": [link.replace(self.up.url, self.edge) for link in mail["links"]]}

    def serving(self) -> set[str]:
        """The replicas whose people follow something now: each reads the streams in one connection that bears its name."""
        with Redis.from_url(self.environment["CONTRACTFLOW_REDIS_URL"]) as redis:
            clients = redis.client_list()
        return {one["name"] for one in clients if one["cmd"].startswith("xread")} & self.replicas.keys()


@contextmanager
def behind_caddy(product: Product, directory: Path, names: tuple[str, ...]) -> Iterator[Behind]:
    """Replicas of these names on the product's servers, and Caddy before them; all of them answer."""
    edge = f"http://127.0.0.1:{free_port()}"
    own = _environment_of(product.up) | {"CONTRACTFLOW_BASE_URL": edge, "CONTRACTFLOW_TRUSTED_PROXIES": "1"}
    replicas = {
        name: Replica(name, free_port(), _named(own, name), directory / f"{name}.log") for name in names
    }
    caddy = start_caddy(directory, edge, [one.port for one in replicas.values()], f"http_port {free_port()}")
    try:
        for one in replicas.values():
            one.start()
        for one in replicas.values():
            one.wait_until_ready()
        behind = Behind(product.up, edge, replicas)
        assert eventually(lambda: status(f"{edge}/api/health/live") == 200), (
            directory / "caddy.log"
        ).read_text()
        yield behind
    finally:
        for one in replicas.values():
            one.kill()
        caddy.kill()
        caddy.wait()


def _environment_of(up: Up) -> dict[str, str]:
    """What `up` gave its own web process."""
    entries = Path(f"/proc/{up.leader('granian')}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry)


def _named(environment: dict[str, str], name: str) -> dict[str, str]:
    return environment | {
        "CONTRACTFLOW_REDIS_URL": f"{environment['CONTRACTFLOW_REDIS_URL']}?client_name={name}"
    }
