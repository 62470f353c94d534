"""Writing one draft: claim the row, let the providers write to the stream, save the text, say that it is done."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from uuid import UUID

from sqlalchemy.exc import OperationalError

from contractflow.broker.breaker import Breaker
from contractflow.broker.connections import async_redis
from contractflow.broker.draft_stream import DraftWriter, Superseded
from contractflow.errors import Invalid
from contractflow.integrations.ai.answer import Unusable
from contractflow.integrations.ai.failover import Outcome
from contractflow.integrations.ai.failover import generate as write
from contractflow.integrations.ai.lineup import providers, timers
from contractflow.integrations.ai.words import Attempt, ProviderError
from contractflow.jobs.database import patiently, perform
from contractflow.permissions import System
from contractflow.services import drafts
from contractflow.services.drafts import Beat, Claim
from contractflow.workflows.draft_job import DraftStatus

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.5


async def generate(org_id: str, draft_id: str) -> None:
    """Write the draft, if it still waits for somebody."""
    actor = System(UUID(org_id), "drafts")
    owner = f"{socket.gethostname()}:{os.getpid()}"
    claimed = await perform(actor, drafts.claim, UUID(draft_id), owner)
    if claimed is None:
        return
    async with DraftWriter(async_redis(), claimed.draft_id, claimed.number) as writer:
        try:
            await _write(actor, claimed, writer)
        except Superseded:
            log.info("draft %s: somebody else goes on with it", draft_id)


async def _write(actor: System, claimed: Claim, writer: DraftWriter) -> None:
    attempts: list[Attempt] = []
    writing = asyncio.create_task(
        write(
            claimed.order, providers(), writer,
            breaker=Breaker(async_redis()), timers=timers(), note=claimed.note, attempts=attempts,
        )
    )  # fmt: skip
    writer.on_refusal = writing.cancel
    beating = asyncio.create_task(_beat(actor, claimed, writer, writing))
    try:
        await asyncio.wait({writing})
    except asyncio.CancelledError:
        # This worker is told to go. Nothing is lost: another one begins at once.
        writing.cancel()
        await asyncio.wait({writing}, timeout=1)
        await perform(actor, drafts.hand_back, claimed, attempts)
        raise
    else:
        await _conclude(actor, claimed, writer, writing, attempts)
    finally:
        beating.cancel()


async def _conclude(
    actor: System,
    claimed: Claim,
    writer: DraftWriter,
    writing: asyncio.Task[Outcome],
    attempts: list[Attempt],
) -> None:
    """Save first, then say so: whoever reads "ready" finds the text in the database."""
    if writing.cancelled():
        # Stopped, or no longer ours: the row says so already, whoever did it.
        await patiently(actor, drafts.interrupted, claimed, attempts, writer.shown, writer.provider)
        await writer.end("cancelled")
        return
    try:
        is_ours = await patiently(actor, drafts.finish, claimed, writing.result())
    except (ProviderError, Unusable, Invalid) as problem:
        await _try_again(actor, claimed, writer, problem, attempts)
    except Exception as problem:
        log.exception("draft %s failed unexpectedly", claimed.draft_id)
        await _try_again(actor, claimed, writer, problem, attempts)
    else:
        if is_ours:
            await writer.end("ready")


async def _try_again(
    actor: System, claimed: Claim, writer: DraftWriter, problem: Exception, attempts: list[Attempt]
) -> None:
    code = "unusable" if isinstance(problem, (Unusable, Invalid)) else "unexpected"
    code = str(problem.trouble) if isinstance(problem, ProviderError) else code
    status = await patiently(actor, drafts.retry_later, claimed, code, repr(problem), attempts)
    if status is not None:
        await writer.end("failed" if status is DraftStatus.FAILED else "waiting")


async def _beat(actor: System, claimed: Claim, writer: DraftWriter, writing: asyncio.Task[Outcome]) -> None:
    """Keep the lease. A database that is away for a moment is no reason to stop writing."""
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            if await perform(actor, drafts.heartbeat, claimed, writer.provider) is Beat.LOST:
                writing.cancel()
                return
        except OperationalError as problem:
            log.warning("draft %s: no heartbeat: %s", claimed.draft_id, type(problem.orig).__name__)
