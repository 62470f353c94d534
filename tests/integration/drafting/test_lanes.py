"""One queue per worker: what waits for others does not wait behind what computes."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlmodel import col, func, select

from contractflow.broker import heartbeats
from contractflow.broker.queue import enqueue, waiting
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Artifact, Notification
from contractflow.services import portal
from tests import builders, cast
from tests.integration.drafting.ordering import until
from tests.integration.journey import as_, sent, signer_of

pytestmark = [pytest.mark.usefixtures("database", "redis_url"), pytest.mark.timeout(180)]

SEALS = 10
PROMPTLY = 4  # seconds, on a machine whose cores the seals have taken


def living() -> dict[str, int]:
    """How many workers of each kind say that they are there."""
    there = [worker.kind for worker in heartbeats.workers() if not worker.silent_for]
    return {kind: there.count(kind) for kind in heartbeats.KINDS}


def sealed() -> int:
    with unit_of_work(cast.northlight) as work:
        return work.db.scalar(select(func.count()).where(col(Artifact.kind) == "sealed_pdf")) or 0


def is_mailed() -> bool:
    with unit_of_work(cast.northlight) as work:
        query = select(Notification.status).where(col(Notification.kind) == "signing_code")
        return work.db.scalar(query) == "sent"


async def test_a_signing_code_goes_out_while_ten_seals_are_made(start, sandbox, tmp_path):
    with unit_of_work(cast.northlight) as work:
        signed = [builders.a_signed_document(work)[0].id for _ in range(SEALS)]
    clara = signer_of(sent())
    as_(clara, portal.consent)
    start("worker", "mail", SMTP_URL=sandbox.smtp_url)
    start("worker", "general", DATA_DIR=str(tmp_path))
    await until(lambda: living()["mail"] == living()["general"] == 1)
    for document_id in signed:
        enqueue("signing.seal", job_id=f"seal-{document_id}", org_id=cast.NORTHLIGHT, document_id=document_id)
    await until(lambda: sealed() > 0)
    asked = time.monotonic()
    await asyncio.to_thread(as_, clara, portal.request_code)
    await until(is_mailed)
    took = time.monotonic() - asked
    assert waiting("general") > 0, "the seals were done before anybody could wait for them"
    assert took < PROMPTLY
    await until(lambda: sealed() == SEALS, 120)


async def test_who_leaves_is_not_missed_and_who_is_killed_is(start, redis):
    leaving, dying = start("worker", "mail"), start("worker", "mail")
    await until(lambda: living()["mail"] == 2)
    leaving.terminate()
    assert await asyncio.to_thread(leaving.wait, 15) == 0
    assert [worker.silent_for for worker in heartbeats.workers()] == [0]
    dying.kill()
    await asyncio.to_thread(dying.wait)
    (last_beat,) = await redis.keys("cf:beat:mail:*")
    assert 0 < await redis.ttl(last_beat) <= heartbeats.ALIVE_SECONDS
    await redis.pexpire(last_beat, 1)  # that time goes by, and nobody says so anew
    await until(lambda: [worker.silent_for > 0 for worker in heartbeats.workers()] == [True])
