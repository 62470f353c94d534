"""The product: so many people, one tab each, click on *Draft with AI* and watch what a stamping provider writes."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
from sqlmodel import col, select

from bench.ack.agencies import Worker
from bench.ack.product import Product
from bench.ack.tab import visitor
from bench.drafting.measured import Order, Run, Seen, Watch, what_is_wrong
from bench.drafting.viewer import Viewer
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import DraftJob
from contractflow.permissions import System
from contractflow.workflows.draft_job import DraftStatus

OPENING_AT_ONCE = 4
CALM_SECONDS = 1.0
"""For what follows an opened page."""


async def measure(running: Product, workers: list[Worker], order: Order, document: int) -> Run:
    """`document`: which of the documents of each worker."""
    viewers = [Viewer(running.url, each, await visitor(running.url)) for each in workers[: order.drafts]]
    await _open(viewers, document)
    await _tell_provider(running, order)
    await asyncio.sleep(CALM_SECONDS)
    watch = Watch(running.processes)
    waits = [order.ramp * number / order.drafts for number in range(order.drafts)]
    seens = await asyncio.gather(
        *(viewer.watch(order, wait) for viewer, wait in zip(viewers, waits, strict=True))
    )
    cpu, memory = watch.stop()
    for viewer, found in zip(viewers, seens, strict=True):
        found.trouble = await asyncio.to_thread(_trouble, viewer, found, order)
    await asyncio.gather(*(viewer.close() for viewer in viewers))
    return Run(order, seens, cpu, memory)


async def _open(viewers: list[Viewer], document: int) -> None:
    places = asyncio.Semaphore(OPENING_AT_ONCE)

    async def one(viewer: Viewer) -> None:
        async with places:
            await viewer.open(viewer.worker.documents[document])
            await viewer.nothing()
            await viewer.start()

    await asyncio.gather(*(one(viewer) for viewer in viewers))


async def _tell_provider(running: Product, order: Order) -> None:
    async with httpx.AsyncClient() as client:
        # More than the drafts: one that is asked for again, for it was late, is to be stamped as well.
        faults = {"gemini": [order.for_provider()] * order.drafts * 2}
        (await client.post(f"{running.sandbox}/faults", json=faults)).raise_for_status()


def _trouble(viewer: Viewer, found: Seen, order: Order) -> str:
    """Empty when the viewer's text is the database's, and holds every chunk once."""
    draft_id = UUID(viewer.seen["draft"]["job_id"])
    with unit_of_work(System(viewer.worker.member.org_id, "bench")) as work:
        query = select(DraftJob.status, DraftJob.output).where(col(DraftJob.id) == draft_id)
        status, output = work.db.exec(query).one()
    if status is not DraftStatus.SUCCEEDED:
        return f"{draft_id} is {status}"
    if output != found.text:
        return f"{draft_id}: the viewer has {len(found.text)} characters, the database {len(output)}"
    return what_is_wrong(output, order.chunks)
