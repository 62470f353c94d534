"""Integrations as the settings show them, and the log of one: who may manage them may read what they were told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Delivery, DeliveryAttempt, Endpoint
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.display import When, shown
from contractflow.services.outgoing import telling
from contractflow.services.outgoing.delivering import message_id_of, why_no_plan
from contractflow.services.outgoing.keeping import MOST_ENDPOINTS
from contractflow.services.paging import PAGE, by_id
from contractflow.workflows.endpoint import EndpointStatus
from contractflow.workflows.events import CHOSEN, TEST

SHOWN_ATTEMPTS: Final = 50
WORDS: Final = {"queued": "Waiting", "delivered": "Delivered", "dead": "Failed"}
CHANNEL_WORDS: Final = {"webhook": "Webhook", "slack": "Slack"}
_TEST_WORDS: Final = "Test event"


@dataclass(frozen=True)
class EndpointRow:
    """`standing` is what its pill says: Active, Failing or Paused."""

    id: str = ""
    name: str = ""
    channel: str = ""
    shown: str = ""
    events: str = ""
    standing: str = ""
    succeeded: When = field(default_factory=When)


@dataclass(frozen=True)
class EndpointsPage:
    """`why_no_webhooks` is what the plan says; Slack is in every plan."""

    rows: list[EndpointRow] = field(default_factory=list)
    why_no_webhooks: str = ""
    has_room: bool = True


@dataclass(frozen=True)
class EventChoice:
    word: str = ""
    words: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class EventGroup:
    title: str = ""
    choices: list[EventChoice] = field(default_factory=list)


@dataclass(frozen=True)
class DeliveryRow:
    """One message. `words` is what it was about, `said` the end of its last attempt."""

    id: str = ""
    words: str = ""
    event: str = ""
    status: str = ""
    attempts: str = ""
    answered: str = ""
    took: str = ""
    at: When = field(default_factory=When)
    can_replay: bool = False


@dataclass(frozen=True)
class AttemptRow:
    id: str = ""
    answered: str = ""
    took: str = ""
    said: str = ""
    at: When = field(default_factory=When)


@dataclass(frozen=True)
class MessagePage:
    """Everything about one message; `body` is what was sent, as it was sent."""

    row: DeliveryRow = field(default_factory=DeliveryRow)
    message_id: str = ""
    body: str = ""
    attempts: list[AttemptRow] = field(default_factory=list)
    again: str = ""


@dataclass(frozen=True)
class EndpointPage:
    row: EndpointRow = field(default_factory=EndpointRow)
    groups: list[EventGroup] = field(default_factory=list)
    why_paused: str = ""
    why_no_plan: str = ""
    """Why the plan sends nothing there, and what has been waiting since; empty when it does."""
    is_signed: bool = False
    former_until: When = field(default_factory=When)
    can_pause: bool = False
    can_resume: bool = False
    messages: list[DeliveryRow] = field(default_factory=list)
    after: str = ""
    failed: int = 0
    is_moving: bool = False
    """Something was queued a moment ago and may be there any second."""


def list_page(work: UnitOfWork) -> EndpointsPage:
    """All that were not removed; there are few."""
    work.require(P.INTEGRATION_MANAGE)
    query = select(Endpoint).where(col(Endpoint.status) != EndpointStatus.REMOVED).order_by(col(Endpoint.id))
    refused = limits.why_no_api(work)
    rows = [_row(work, one, "" if one.channel == "slack" else refused) for one in work.db.exec(query)]
    return EndpointsPage(rows, refused, len(rows) < MOST_ENDPOINTS)


def event_groups(work: UnitOfWork) -> list[EventGroup]:
    """What can be chosen, for an endpoint that is not there yet: everything, at first."""
    work.require(P.INTEGRATION_MANAGE)
    return _groups(list(CHOSEN))


def one(work: UnitOfWork, endpoint_id: UUID, after: str = "", status: str = "") -> EndpointPage:
    """One endpoint with its messages, newest first. Raises NotFound, also for one that was removed."""
    work.require(P.INTEGRATION_MANAGE)
    endpoint = work.db.get(Endpoint, endpoint_id)
    if endpoint is None or endpoint.status is EndpointStatus.REMOVED:
        raise NotFound("integration")
    found = _messages(work, endpoint_id, after, status)
    former = endpoint.former_until if endpoint.former_until and endpoint.former_until > work.now else None
    refused = why_no_plan(work, endpoint)
    return EndpointPage(
        row=_row(work, endpoint, refused),
        why_no_plan=f"{refused} {telling.WAITS} {_waiting(work, endpoint_id)}" if refused else "",
        groups=_groups(endpoint.events),
        why_paused=endpoint.why_paused,
        is_signed=endpoint.channel == "webhook",
        former_until=shown(work, former),
        can_pause=endpoint.status is EndpointStatus.ACTIVE,
        can_resume=endpoint.status is EndpointStatus.PAUSED and not refused,
        messages=_delivery_rows(work, found[:PAGE]),
        after=str(found[PAGE - 1].id) if len(found) > PAGE else "",
        failed=_count(work, endpoint_id, "dead"),
        is_moving=not refused and any(row.status == "queued" and row.attempts <= 1 for row in found[:PAGE]),
    )


def with_messages(page: EndpointPage, before: list[DeliveryRow]) -> EndpointPage:
    """The next page of the log, below what is shown already."""
    return replace(page, messages=[*before, *page.messages])


def message(work: UnitOfWork, delivery_id: UUID) -> MessagePage:
    """One message with every attempt, newest first. Raises NotFound."""
    work.require(P.INTEGRATION_MANAGE)
    row = work.db.get(Delivery, delivery_id)
    if row is None:
        raise NotFound("message")
    query = (
        select(DeliveryAttempt)
        .where(col(DeliveryAttempt.delivery_id) == delivery_id)
        .order_by(col(DeliveryAttempt.id).desc())
        .limit(SHOWN_ATTEMPTS)
    )
    attempts = [
        AttemptRow(str(one.id), _answered(one), f"{one.took_ms:,} ms", one.said, shown(work, one.created_at))
        for one in work.db.exec(query)
    ]
    again = shown(work, row.next_attempt_at).exact if row.status == "queued" and row.attempts else ""
    return MessagePage(_delivery_rows(work, [row])[0], message_id_of(row.id), row.body or "", attempts, again)


def _row(work: UnitOfWork, endpoint: Endpoint, refused: str) -> EndpointRow:
    count = len(endpoint.events)
    is_failing = endpoint.status is EndpointStatus.ACTIVE and endpoint.failures > 0
    return EndpointRow(
        id=str(endpoint.id),
        name=endpoint.name,
        channel=CHANNEL_WORDS[endpoint.channel],
        shown=endpoint.shown,
        events="All events" if count == len(CHOSEN) else f"{count} event{'' if count == 1 else 's'}",
        standing="Paused" if refused else "Failing" if is_failing else endpoint.status.value.capitalize(),
        succeeded=shown(work, endpoint.succeeded_at),
    )


def _groups(chosen: list[str]) -> list[EventGroup]:
    return [
        EventGroup(title, [EventChoice(one.word, one.words, one.word in chosen) for one in events])
        for title, events in groupby(CHOSEN.values(), key=lambda event: event.group)
    ]


def _messages(work: UnitOfWork, endpoint_id: UUID, after: str, status: str) -> list[Delivery]:
    query = select(Delivery).where(col(Delivery.endpoint_id) == endpoint_id)
    if status in WORDS:
        query = query.where(col(Delivery.status) == status)
    if after:
        query = query.where(col(Delivery.id) < by_id(after))
    return list(work.db.exec(query.order_by(col(Delivery.id).desc()).limit(PAGE + 1)))


def _waiting(work: UnitOfWork, endpoint_id: UUID) -> str:
    count = _count(work, endpoint_id, "queued")
    return f"{count:,} message{'' if count == 1 else 's'} wait{'s' if count == 1 else ''}." if count else ""


def _count(work: UnitOfWork, endpoint_id: UUID, status: str) -> int:
    """A thousand at most; test events are not counted."""
    some = (
        select(Delivery.id)
        .where(
            col(Delivery.endpoint_id) == endpoint_id,
            col(Delivery.status) == status,
            col(Delivery.event) != TEST,
        )
        .limit(1000)
        .subquery()
    )
    return work.db.exec(select(func.count()).select_from(some)).one()


def _delivery_rows(work: UnitOfWork, rows: list[Delivery]) -> list[DeliveryRow]:
    """With the last attempt of each, in one query."""
    newest = (
        select(DeliveryAttempt)
        .where(col(DeliveryAttempt.delivery_id).in_([row.id for row in rows]))
        .ext(distinct_on(col(DeliveryAttempt.delivery_id)))
        .order_by(col(DeliveryAttempt.delivery_id), col(DeliveryAttempt.id).desc())
    )
    last = {attempt.delivery_id: attempt for attempt in work.db.exec(newest)} if rows else {}
    return [_delivery_row(work, row, last.get(row.id)) for row in rows]


def _delivery_row(work: UnitOfWork, row: Delivery, last: DeliveryAttempt | None) -> DeliveryRow:
    return DeliveryRow(
        id=str(row.id),
        words=CHOSEN[row.event].words if row.event in CHOSEN else _TEST_WORDS,
        event=row.event,
        status=WORDS[row.status],
        attempts=f"{row.attempts} attempt{'' if row.attempts == 1 else 's'}" if row.attempts else "",
        answered=_answered(last) if last else "",
        took=f"{last.took_ms:,} ms" if last else "",
        at=shown(work, row.created_at),
        can_replay=row.status != "queued" or row.attempts > 0,
    )


def _answered(attempt: DeliveryAttempt) -> str:
    return str(attempt.answered) if attempt.answered is not None else "No answer"
