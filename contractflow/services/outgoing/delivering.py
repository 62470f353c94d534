"""Messages on their way: one endpoint at a time, an attempt claimed before it is made and written down after.

Waits grow to six hours with full jitter, so that a message is tried for about a day. An endpoint that failed rests for a
while with all its messages: somebody who is down is not helped by more of them, and our worker has others to see to.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.outgoing import signing
from contractflow.integrations.outgoing.posting import KEPT, Answer
from contractflow.models import Delivery, DeliveryAttempt, Endpoint
from contractflow.permissions import Permission as P
from contractflow.security import vault
from contractflow.services import limits
from contractflow.services.moving import locked, move
from contractflow.services.outgoing import places, telling
from contractflow.services.outgoing.facts import body_of
from contractflow.workflows.endpoint import ENDPOINT, EndpointStatus
from contractflow.workflows.events import TEST

LEASE: Final = timedelta(seconds=60)
"""How long one attempt may take; a worker that dies in the middle is followed by another one after it."""
LONGEST_WAITS: Final = (30, 120, 480, 1920, 7680, *[21_600] * 6)
"""Seconds before the 2nd, 3rd … attempt at most; half of it on average: 19 hours in all."""
MOST_ATTEMPTS: Final = len(LONGEST_WAITS) + 1
LONGEST_REST: Final = 300.0
DAYS_OF_FAILURE: Final = 5
"""After so many without one success an endpoint is paused."""
FORGOTTEN_AT_ONCE: Final = 5000
REST_WITHOUT_PLAN: Final = timedelta(minutes=5)
"""How often we look whether the plan sends webhooks again."""

_FORGET = text("SELECT gate_forget_deliveries(:limit)")


@dataclass(frozen=True)
class Call:
    """One attempt to make. The address and the headers open something: never in a log."""

    delivery_id: UUID
    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


def claim(work: UnitOfWork, endpoint_id: UUID) -> Call | None:
    """The next message of an endpoint, for this worker and for as long as the lease lasts; None when nothing is due."""
    work.require(P.INTEGRATION_MANAGE)
    endpoint = work.db.get(Endpoint, endpoint_id)
    if endpoint is None or endpoint.target_enc is None or (endpoint.rests_until or work.now) > work.now:
        return None
    row = _next(work, endpoint)
    if row is None:
        return None
    if refused := why_no_plan(work, endpoint):
        locked(work, Endpoint, endpoint_id, "endpoint").rests_until = work.now + REST_WITHOUT_PLAN
        telling.waits_for_plan(work, endpoint, refused)
        return None
    row.attempts += 1
    row.next_attempt_at = work.now + LEASE
    row.body = row.body or body_of(work, row, endpoint)
    body, message_id = row.body.encode(), message_id_of(row.id)
    is_signed = endpoint.channel == "webhook"
    headers = (
        signing.headers(message_id, int(work.now.timestamp()), body, _secrets(work, endpoint))
        if is_signed
        else {}
    )
    return Call(row.id, vault.unlock(places.target(endpoint.id), endpoint.target_enc), body, headers)


def settle(work: UnitOfWork, delivery_id: UUID, answer: Answer) -> None:
    """Write down what came of an attempt: done, again later, or never. Raises NotFound."""
    work.require(P.INTEGRATION_MANAGE)
    known = work.db.get(Delivery, delivery_id)
    if known is None:
        raise NotFound("message")
    endpoint = locked(work, Endpoint, known.endpoint_id, "endpoint")
    row = locked(work, Delivery, delivery_id, "message")
    work.db.add(
        DeliveryAttempt(
            org_id=row.org_id,
            delivery_id=row.id,
            created_at=work.now,
            answered=answer.status,
            took_ms=answer.took_ms,
            said=answer.said[:KEPT],
        )
    )
    if row.status == "queued":
        (_delivered if answer.is_taken else _missed)(work, endpoint, row, answer)


def forget(work: UnitOfWork) -> int:
    """Messages older than thirty days, of all organisations; how many there were. Only a worker may."""
    return int(work.db.scalar(_FORGET, {"limit": FORGOTTEN_AT_ONCE}) or 0)


def why_no_plan(work: UnitOfWork, endpoint: Endpoint) -> str:
    """Why the organisation's plan sends nothing there now; what happens meanwhile waits. Empty when it does."""
    return limits.why_no_api(work) if endpoint.channel == "webhook" else ""


def message_id_of(delivery_id: UUID) -> str:
    """The same for every attempt: by it the receiver knows what it has already."""
    return f"msg_{delivery_id.hex}"


def _next(work: UnitOfWork, endpoint: Endpoint) -> Delivery | None:
    query = (
        select(Delivery)
        .where(col(Delivery.endpoint_id) == endpoint.id, col(Delivery.status) == "queued")
        .where(col(Delivery.next_attempt_at) <= work.now)
        .order_by(col(Delivery.next_attempt_at), col(Delivery.id))
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    if endpoint.status is not EndpointStatus.ACTIVE:
        query = query.where(col(Delivery.event) == TEST)
    return work.db.exec(query).first()


def _secrets(work: UnitOfWork, endpoint: Endpoint) -> list[str]:
    """The newest first; the former one as long as it counts."""
    kept = [(places.secret(endpoint.id), endpoint.secret_enc)]
    if endpoint.former_until and endpoint.former_until > work.now:
        kept.append((places.former_secret(endpoint.id), endpoint.former_secret_enc))
    return [vault.unlock(place, secret) for place, secret in kept if secret]


def _delivered(work: UnitOfWork, endpoint: Endpoint, row: Delivery, _: Answer) -> None:
    row.status, row.finished_at = "delivered", work.now
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    endpoint.succeeded_at = work.now


def _missed(work: UnitOfWork, endpoint: Endpoint, row: Delivery, answer: Answer) -> None:
    if row.event == TEST:  # somebody is looking: they see it at once, and press again
        row.status, row.finished_at = "dead", work.now
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or work.now
    endpoint.rests_until = work.now + _jittered(min(LONGEST_REST, 2.0 ** min(endpoint.failures, 10)))
    if answer.is_gone or row.attempts >= MOST_ATTEMPTS:
        row.status, row.finished_at = "dead", work.now
    else:
        wait = _jittered(LONGEST_WAITS[row.attempts - 1])
        row.next_attempt_at = work.now + max(wait, timedelta(seconds=answer.wait))
    if endpoint.status is EndpointStatus.ACTIVE and (why := _why_give_up(work.now, endpoint, answer)):
        endpoint.why_paused = why
        move(work, endpoint, ENDPOINT, "give_up", by=work.system("outgoing"), name=endpoint.name)
        telling.paused(work, endpoint, why)
    elif row.status == "dead":
        telling.dead(work, endpoint, row.event)


def _why_give_up(now: datetime, endpoint: Endpoint, answer: Answer) -> str:
    if answer.is_gone:
        return "It answered 410 Gone, which asks us to stop."
    if endpoint.failing_since and now - endpoint.failing_since >= timedelta(days=DAYS_OF_FAILURE):
        return f"Nothing has arrived there for {DAYS_OF_FAILURE} days."
    return ""


def _jittered(longest: float) -> timedelta:
    return timedelta(seconds=secrets.SystemRandom().uniform(0, longest))
