"""A worker holds after many drafts what it held after few. A thousand of them: `python -m bench.soak`."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlmodel import col, func, select

from bench.soak.footprint import Footprint, footprint, most_to_redis
from contractflow.config import settings
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import DraftJob, Org
from tests import cast
from tests.integration.drafting.ordering import a_draftable, order, until

pytestmark = [pytest.mark.usefixtures("database", "redis_url"), pytest.mark.timeout(150)]

PLACES = 8
QUIET_SECONDS = 7
"""After which the SDKs have let go of connections that nobody uses."""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to count connections")
async def test_sixty_drafts_leave_no_connection_behind(start, redis, sandbox):
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Org, cast.NORTHLIGHT).settings = {"limits": {"drafts_at_once": None, "drafts": None}}
    worker = start(
        "worker", "drafts", DRAFTS_AT_ONCE=str(PLACES), PLACEHOLDER_SECONDS="0.3",
        GEMINI_API_KEY="key", GEMINI_BASE_URL=sandbox.url, OPENAI_API_KEY="key", OPENAI_BASE_URL=f"{sandbox.url}/v1",
    )  # fmt: skip
    documents = [a_draftable() for _ in range(20)]
    held: list[Footprint] = []
    for _ in range(3):
        # Every fifth switches in the middle, every tenth finds nobody: what is broken off is closed as well.
        gemini = [
            {"kind": kind, "interval": 0.002} for kind in ["pace", "pace", "pace", "pace", "truncate"] * 4
        ]
        sandbox.faults(gemini=gemini, openai=["503", "503", {"kind": "pace", "interval": 0.002}] * 2)
        await written(documents)
        await until(lambda: look(worker.pid, sandbox.url).vendors == 0, QUIET_SECONDS)
        held.append(look(worker.pid, sandbox.url))
    for each in held:
        assert each.redis <= most_to_redis(PLACES)
        assert each.postgres <= settings().database_pool
    assert held[-1].threads == held[0].threads
    assert held[-1].megabytes < held[0].megabytes * 1.15


async def written(documents: list[UUID]) -> None:
    for document in documents:
        order(document)
    await until(lambda: under_way() == 0, 60)


def under_way() -> int:
    with unit_of_work(cast.northlight) as work:
        query = select(func.count()).where(col(DraftJob.status).in_(["queued", "running", "retry_wait"]))
        return work.db.scalar(query) or 0


def look(pid: int, vendors: str) -> Footprint:
    redis, postgres = (
        urlsplit(url.get_secret_value()).port or 0 for url in (settings().redis_url, settings().database_url)
    )
    return footprint(pid, redis=redis, postgres=postgres, vendors=urlsplit(vendors).port or 0)
