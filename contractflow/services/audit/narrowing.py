"""The filters of the audit log, as they stand in the address, and as the database understands them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import AuditEvent, Document
from contractflow.services.audit.areas import AREAS, actions_of
from contractflow.services.display import timezone_of, zone

ANYBODY_ELSE: Final = {
    "contact": "Any client",
    "system": "ContractFlow itself",
    "provider": "Payment providers",
    "platform_admin": "ContractFlow's staff",
}
"""Kinds of actor beside the members."""


@dataclass(frozen=True)
class Wanted:
    """Each empty for all: `person` is an id or a kind of actor, `kind` an area, `document` a number or an id, days ISO."""

    person: str = ""
    kind: str = ""
    document: str = ""
    since: str = ""
    until: str = ""


def conditions(work: UnitOfWork, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What an event has to be. Raises Invalid with the name of the filter that cannot be used."""
    found = []
    if wanted.person in ANYBODY_ELSE:
        found.append(col(AuditEvent.actor_kind) == wanted.person)
    elif wanted.person:
        found.append(col(AuditEvent.actor_id) == _person(wanted.person))
    if wanted.kind:
        found.append(col(AuditEvent.action).in_(_actions(wanted.kind)))
    if wanted.document:
        found.append(col(AuditEvent.document_id) == _document(work, wanted.document))
    since, until = _period(wanted)
    here = zone(timezone_of(work))
    if since:
        found.append(col(AuditEvent.at) >= _midnight(since, here))
    if until:
        end = col(AuditEvent.at) < _midnight(until + timedelta(days=1), here)
        found += [end, col(AuditEvent.seq) <= _last(work, end)]
    return found


def _last(work: UnitOfWork, end: ColumnElement[bool]) -> int:
    """The number of the last event before the `end`: the trail is read backwards from there, not from today."""
    newest = select(AuditEvent.seq).where(end).order_by(col(AuditEvent.at).desc(), col(AuditEvent.seq).desc())
    return work.db.exec(newest.limit(1)).first() or 0


def _person(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Invalid("There is no such person.", "person") from None


def _actions(key: str) -> list[str]:
    if key not in {area.key for area in AREAS}:
        raise Invalid("There is no such kind of action.", "kind")
    return actions_of(key)


def _document(work: UnitOfWork, typed: str) -> UUID:
    """By its id, or by its number as people write it; also one that was deleted."""
    try:
        return UUID(typed)
    except ValueError:
        pass
    number = typed.strip().upper()[:40]
    found = work.db.exec(select(Document.id).where(col(Document.number) == number)).first()
    if found is None:
        raise Invalid("No document has this number.", "document")
    return found


def _period(wanted: Wanted) -> tuple[date | None, date | None]:
    since, until = _day(wanted.since, "since"), _day(wanted.until, "until")
    if since and until and since > until:
        raise Invalid("The last day is before the first.", "until")
    return since, until


def _day(typed: str, name: str) -> date | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Invalid("Enter a day, such as 2026-11-30.", name) from None
    if not 1970 <= day.year <= 9000:  # what both Python and PostgreSQL can still add a day to
        raise Invalid("Enter a day, such as 2026-11-30.", name)
    return day


def _midnight(day: date, here: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), here)
