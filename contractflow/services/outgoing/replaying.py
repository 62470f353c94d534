"""Sending once more by hand: one message, or all of an endpoint that were given up."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from sqlmodel import col, select, update

from contractflow.broker.queue import enqueue
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotFound
from contractflow.models import Delivery, Endpoint
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.moving import locked
from contractflow.workflows.endpoint import EndpointStatus
from contractflow.workflows.events import TEST

MOST_AT_ONCE: Final = 1000


def replay(work: UnitOfWork, delivery_id: UUID) -> None:
    """The same bytes under the same id, as soon as possible; one that is on its way is only hurried. Raises NotFound, IllegalMove."""
    work.require(P.INTEGRATION_MANAGE)
    known = work.db.get(Delivery, delivery_id)
    if known is None:
        raise NotFound("message")
    endpoint = _open(work, known.endpoint_id)
    row = locked(work, Delivery, delivery_id, "message")
    _require_active(work, endpoint, row.event)
    if row.status == "queued" and row.attempts == 0:
        return
    row.status, row.attempts, row.next_attempt_at, row.finished_at = "queued", 0, work.now, None
    work.record(
        "endpoint:replay",
        "endpoint",
        endpoint.id,
        name=endpoint.name,
        event=row.event,
        message_id=str(row.id),
    )
    _wake(work, endpoint)


def replay_failed(work: UnitOfWork, endpoint_id: UUID) -> int:
    """All that were given up, a thousand at a time; how many. Raises NotFound, IllegalMove."""
    work.require(P.INTEGRATION_MANAGE)
    endpoint = _open(work, endpoint_id)
    _require_active(work, endpoint, "")
    given_up = (
        select(Delivery.id)
        .where(
            col(Delivery.endpoint_id) == endpoint.id,
            col(Delivery.status) == "dead",
            col(Delivery.event) != TEST,
        )
        .order_by(col(Delivery.id))
        .limit(MOST_AT_ONCE)
        .with_for_update(key_share=True)
    )
    found = list(work.db.exec(given_up))
    if found:
        again = {"status": "queued", "attempts": 0, "next_attempt_at": work.now, "finished_at": None}
        work.db.execute(update(Delivery).where(col(Delivery.id).in_(found)).values(**again))
        work.record(
            "endpoint:replay_failed", "endpoint", endpoint.id, name=endpoint.name, messages=len(found)
        )
        _wake(work, endpoint)
    return len(found)


def _open(work: UnitOfWork, endpoint_id: UUID) -> Endpoint:
    endpoint = locked(work, Endpoint, endpoint_id, "endpoint")
    if endpoint.status is EndpointStatus.REMOVED:
        raise NotFound("endpoint")
    return endpoint


def _require_active(work: UnitOfWork, endpoint: Endpoint, event: str) -> None:
    if endpoint.channel == "webhook":
        limits.require_api(work)
    if endpoint.status is not EndpointStatus.ACTIVE and event != TEST:
        raise IllegalMove("This integration is paused. Resume it first.")


def _wake(work: UnitOfWork, endpoint: Endpoint) -> None:
    endpoint.rests_until = None
    ids = {"org_id": str(endpoint.org_id), "endpoint_id": str(endpoint.id)}
    work.after_commit(partial(enqueue, "outgoing.deliver", job_id=f"outgoing-{endpoint.id}", **ids))
