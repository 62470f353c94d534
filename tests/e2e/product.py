"""The product as `./cf up` runs it, once for all tests of a session: its mailbox, its database, its processes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest

from contractflow.broker import connections
from contractflow.config import settings
from contractflow.db.engine import forget_engines
from contractflow.integrations.signing import keys
from contractflow.ops.embedded import EmbeddedPostgres, EmbeddedRedis
from contractflow.ops.secret_file import secret
from contractflow.ops.serving import ROOT
from tests.e2e.running import Up, start

SECONDS_OF_A_DRAFT = 5
"""Long enough to look at a draft, stop it, and kill its worker while it is being written."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Product:
    """A running `up`, with the demo agency in it."""

    up: Up

    @property
    def url(self) -> str:
        return self.up.url

    async def mail(self, to: str, about: str, after: int = 0) -> dict[str, Any]:
        """The newest mail to that address whose subject contains `about`, once there are more than `after` of them."""

        async def newest() -> dict[str, Any] | None:
            found = await self.mails(to, about)
            return found[0] if len(found) > after else None

        return await until(newest, f"a mail to {to} about “{about}”")

    async def mails(self, to: str, about: str = "") -> list[dict[str, Any]]:
        """Newest first."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.up.sandbox_url}/mail.json", params={"to": to}, timeout=10)
        return [mail for mail in answer.json() if about.lower() in mail["subject"].lower()]

    async def attachment(self, mail: dict[str, Any], ends: str) -> bytes:
        url = next(part["url"] for part in mail["attachments"] if part["name"].endswith(ends))
        async with httpx.AsyncClient(base_url=self.up.sandbox_url) as client:
            return (await client.get(url, timeout=10)).content

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, past row-level security."""
        with self.up.admin() as admin:
            return admin.execute(query, values).fetchall()  # type: ignore[arg-type]

    def text_of(self, document: UUID) -> str:
        """The blocks of its current version, as they were written."""
        query = "SELECT v.content FROM document_version v JOIN document d ON d.current_version_id = v.id WHERE d.id = %s"
        return "\n\n".join(block["md"] for block in json.loads(self.rows(query, document)[0][0])["blocks"])

    @property
    def environment(self) -> dict[str, str]:
        """What its processes know; with it a test's own process does verbs on the same database."""
        postgres = EmbeddedPostgres(self.up.data, port=self.up.port_of("postgres"))
        redis = EmbeddedRedis(self.up.data, port=self.up.port_of("redis"))
        return {
            "CONTRACTFLOW_DATABASE_URL": postgres.url,
            "CONTRACTFLOW_REDIS_URL": redis.url(),
            "CONTRACTFLOW_LINK_KEY": secret(self.up.data, "links"),
            "CONTRACTFLOW_DATA_KEYS": f"local:{secret(self.up.data, 'data')}",
            "CONTRACTFLOW_DATA_DIR": str(self.up.data),
        }

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Verbs of this process land in the product's database and queue."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            _forget()
            yield
        _forget()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m contractflow …` on its data."""
        return subprocess.run(
            [sys.executable, "-m", "contractflow", *arguments],
            cwd=ROOT, env=os.environ | self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def _forget() -> None:
    settings.cache_clear()
    forget_engines()
    keys.signer.cache_clear()
    connections.forget_connections()


@contextmanager
def running_product(directory: Path, **settings: str) -> Iterator[Product]:
    own = {"DATA_DIR": directory, "PLACEHOLDER_SECONDS": SECONDS_OF_A_DRAFT}
    up = start(ROOT, **settings, **{f"CONTRACTFLOW_{name}": str(value) for name, value in own.items()})
    try:
        up.wait_until_ready()
        yield Product(up)
    finally:
        up.stop()


async def until(ask: Callable[[], Awaitable[Answer | None]], what: str, seconds: float = 30) -> Answer:
    """What `ask` answers once it is not empty. For what no locator can see: mails, files, rows."""
    end = time.monotonic() + seconds
    while not (answer := await ask()):
        assert time.monotonic() < end, f"{what} never came"
        await asyncio.sleep(0.1)
    return answer
