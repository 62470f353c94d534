"""Webhooks of payment providers: processing one, finding the ones that got lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotFound, Unavailable
from contractflow.integrations.payments import paddle
from contractflow.permissions import System, Visitor
from contractflow.services import webhooks

SUBSCRIPTION = "sub_"
"""How Paddle's names of what organisations buy from us begin."""

LOOK_BACK = timedelta(hours=2)


def process_webhook(event_row_id: str) -> None:
    """Ask the provider about the payment or subscription of one event and follow its answer. Safe to run twice."""
    row_id = UUID(event_row_id)
    with unit_of_work(Visitor()) as work:
        reference = webhooks.claim(work, row_id)
    asked = paddle.plans() if reference.startswith(SUBSCRIPTION) else paddle.provider()
    if not reference or asked is None:
        return
    try:
        said = asked.fetch(reference)
        actor = System(UUID(said.org_id), webhooks.PADDLE)
    except Unavailable as problem:
        with unit_of_work(Visitor()) as work:
            webhooks.postpone(work, row_id, problem.message)
    except (NotFound, ValueError):
        with unit_of_work(Visitor()) as work:
            webhooks.not_ours(work, row_id)
    else:
        with unit_of_work(actor) as work:
            webhooks.apply(work, row_id, said)


def reconcile() -> int:
    """Read the provider's own list of events and keep those whose webhook never came; how many."""
    provider, found = paddle.provider(), 0
    if provider is None:
        return found
    for raw in provider.events_since(datetime.now(UTC) - LOOK_BACK):
        with unit_of_work(Visitor()) as work:
            found += webhooks.receive(work, raw)
    return found
