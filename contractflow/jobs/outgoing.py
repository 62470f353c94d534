"""Messages to other people's programs. One job for each endpoint, which waits on the event loop and holds no thread."""

from __future__ import annotations

import time
from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.outgoing.posting import post
from contractflow.jobs.database import perform
from contractflow.permissions import System, Visitor
from contractflow.services import outgoing

SECONDS = 60.0
"""Of one job; the sweep begins the next one for what is left."""


async def deliver(org_id: str, endpoint_id: str) -> None:
    """What is due for one endpoint, one after the other, until one fails. Safe to run twice: each message is claimed."""
    actor, row_id = System(UUID(org_id), "outgoing"), UUID(endpoint_id)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        call = await perform(actor, outgoing.claim, row_id)
        if call is None:
            return
        answer = await post(call.url, call.body, call.headers)
        await perform(actor, outgoing.settle, call.delivery_id, answer)
        if not answer.is_taken:
            return


def forget() -> int:
    """The log of what is older than thirty days, in every organisation."""
    with unit_of_work(Visitor()) as work:
        return outgoing.forget(work)
