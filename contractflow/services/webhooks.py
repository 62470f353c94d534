"""What providers tell us: kept once, then believed only as far as the provider confirms it when asked back.

`receive` is all the web process does. A worker processes the row; because it asks for the present state of the
payment, it does not matter in which order, how late or how often the events came.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from contractflow.broker.queue import enqueue
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.payments.paddle import read_event
from contractflow.integrations.payments.plans import SaidPlan
from contractflow.integrations.payments.port import ProviderPayment, Settlement
from contractflow.models import Org, Payment, WebhookEvent
from contractflow.models.columns import uuid7
from contractflow.services import payments, plans

log = logging.getLogger(__name__)

PADDLE = "paddle"
MOST_ATTEMPTS = 12
LEASE = timedelta(seconds=60)
"""How long one attempt may take; a worker that dies in the middle is followed by another one after it."""
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 1800.0  # seconds
_ERROR_LIMIT = 500


def receive(work: UnitOfWork, raw: bytes) -> bool:
    """Keep one verified event and wake a worker for it; whether it is new. Raises ValueError when it is not one."""
    event = read_event(raw)
    row_id = uuid7()
    kept = work.db.execute(
        insert(WebhookEvent)
        .values(
            id=row_id,
            provider=PADDLE,
            event_id=event.event_id,
            event_type=event.event_type,
            occurred_at=event.occurred_at,
            payload=json.loads(raw),
            payload_sha256=hashlib.sha256(raw).digest(),
        )
        .on_conflict_do_nothing()
        # Not RETURNING: the web process may leave an event here, and see none of them.
        .execution_options(preserve_rowcount=True)
    )
    is_new: bool = kept.rowcount == 1  # type: ignore[attr-defined]  # a cursor result has it
    if is_new:
        job_id = f"webhook-{row_id}"
        work.after_commit(lambda: enqueue("payments.process_webhook", job_id=job_id, event_row_id=row_id))
    return is_new


def claim(work: UnitOfWork, event_row_id: UUID) -> str:
    """Which payment or subscription of the provider an event is about, for one attempt; empty when there is nothing
    to do now."""
    row = work.db.get(WebhookEvent, event_row_id, with_for_update=True)
    if row is None or row.status != "received" or (row.next_attempt_at or work.now) > work.now:
        return ""
    reference = read_event(json.dumps(dict(row.payload)).encode()).provider_ref
    if not reference:
        row.status, row.processed_at = "ignored", work.now
    elif row.attempts >= MOST_ATTEMPTS:
        row.status, row.error = "failed", row.error or "Given up: every attempt ended in an error."
        log.error("webhook %s (%s) failed for good: %s", row.id, row.event_type, row.error)
        return ""
    row.attempts += 1
    row.next_attempt_at = work.now + LEASE
    return reference


def apply(work: UnitOfWork, event_row_id: UUID, said: ProviderPayment | SaidPlan) -> None:
    """Bring our payment or the plan in line with what the provider says of it. Twice is the same as once.

    `work` is the provider acting in the organisation that `said` names; a payment of anybody else is not found.
    """
    row = work.db.get_one(WebhookEvent, event_row_id, with_for_update=True)
    if row.status != "received":
        return
    row.processed_at = work.now
    if work.db.get(Org, work.actor.org_id) is None:
        row.status = "ignored"
        return
    row.org_id = work.actor.org_id
    if isinstance(said, SaidPlan):
        row.status, row.error = "processed", None
        plans.follow(work, said)
        return
    if wrong := _disagreement(work, said):
        row.status, row.error = "failed", wrong
        log.error("webhook %s (%s): %s", row.id, row.event_type, wrong)
        return
    row.status, row.error = "processed", None
    _follow(work, UUID(said.payment_id), said)


def not_ours(work: UnitOfWork, event_row_id: UUID) -> None:
    """The provider knows no such payment, or it carries no organisation of ours."""
    row = work.db.get_one(WebhookEvent, event_row_id, with_for_update=True)
    if row.status == "received":
        row.status, row.processed_at = "ignored", work.now


def postpone(work: UnitOfWork, event_row_id: UUID, why: str) -> None:
    """The provider did not answer: later again, with full jitter."""
    row = work.db.get_one(WebhookEvent, event_row_id, with_for_update=True)
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (row.attempts - 1))
    row.next_attempt_at = work.now + timedelta(seconds=secrets.SystemRandom().uniform(0, longest))
    row.error = why[:_ERROR_LIMIT]


def _disagreement(work: UnitOfWork, said: ProviderPayment) -> str:
    """Why this cannot be our payment; empty when it is. The amount is the services' to judge: money is money."""
    payment = work.db.get(Payment, _uuid(said.payment_id))
    if payment is None or payment.provider != PADDLE:
        return "There is no such payment in the organisation it names."
    if payment.provider_ref not in (said.provider_ref, str(payment.id)):
        return f"Our payment goes by {payment.provider_ref}, this one by {said.provider_ref}."
    if str(payment.invoice_id) != said.invoice_id:
        return "It names another invoice than our payment."
    return ""


def _follow(work: UnitOfWork, payment_id: UUID, said: ProviderPayment) -> None:
    if said.settlement is Settlement.PAID:
        payments.confirm(
            work,
            payment_id,
            provider_ref=said.provider_ref,
            amount_minor=said.amount_minor,
            currency=said.currency,
            occurred_at=said.paid_at or work.now,
        )
    elif said.settlement is Settlement.FAILED:
        payments.fail(work, payment_id, reason="The checkout was canceled.")
    for back in said.reversals:
        payments.reverse(
            work,
            payment_id,
            kind=back.kind,
            provider_ref=back.provider_ref,
            amount_minor=back.amount_minor,
            occurred_at=back.occurred_at,
        )


def _uuid(text: str) -> UUID:
    """`text` as an id; one that nothing has when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
