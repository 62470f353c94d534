"""The audit log, fifty entries at a time by key, newest first, narrowed by person, kind of action, document and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, AuditEvent, Document, Membership
from contractflow.permissions import Permission as P
from contractflow.services import paging
from contractflow.services.audit.narrowing import ANYBODY_ELSE, Wanted, conditions
from contractflow.services.audit.values import changes_of
from contractflow.services.devices import device
from contractflow.services.display import When, shown
from contractflow.services.paging import PAGE
from contractflow.services.timeline import QUIET, note_of, who_of, words_of

MOST_PEOPLE = 500


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class Entry:
    """One line: who did what (`who`, `what`), to which document, from where, and what it was and is now.

    `person` and `document_key` are what the filters take for the same actor and document.
    """

    number: str
    kind: str
    who: str
    person: str
    what: str
    document: str
    document_key: str
    note: str
    changes: list[str]
    place: str
    clock: str
    exact: str


@dataclass(frozen=True)
class Day:
    label: str
    events: list[Entry]


@dataclass(frozen=True)
class AuditPage:
    """`older` is the address of the next page, empty on the last; `query` the filters as an address carries them."""

    days: list[Day] = field(default_factory=list)
    older: str = ""
    query: str = ""
    is_narrowed: bool = False
    people: list[Choice] = field(default_factory=list)
    can_export: bool = False


def page(work: UnitOfWork, wanted: Wanted, before: str = "") -> AuditPage:
    """One page. Raises Invalid with the name of the filter that cannot be used."""
    work.require(P.AUDIT_READ)
    query = select(AuditEvent).where(col(AuditEvent.action).not_in(QUIET), *conditions(work, wanted))
    if before:
        query = query.where(col(AuditEvent.seq) < _seq(before))
    found = work.db.exec(query.order_by(col(AuditEvent.seq).desc()).limit(PAGE + 1)).all()
    listed = found[:PAGE]
    titles = _titles(work, listed)
    dated = [(shown(work, event.at), event) for event in listed]
    days = [
        Day(label, [_entry(at, event, titles) for at, event in group])
        for label, group in groupby(dated, key=lambda pair: pair[0].day)
    ]
    filters = {name: value for name, value in asdict(wanted).items() if value}
    older = urlencode(filters | {"before": str(listed[-1].seq)}) if len(found) > PAGE else ""
    return AuditPage(
        days=days,
        older=f"/settings/audit?{older}" if older else "",
        query=f"?{urlencode(filters)}" if filters else "",
        is_narrowed=bool(filters),
        people=_people(work, wanted.person),
        can_export=work.actor.may(P.AUDIT_EXPORT),
    )


def _entry(at: When, event: AuditEvent, titles: dict[UUID, tuple[str, str]]) -> Entry:
    kind, what = words_of(event.action)
    number, title = titles.get(event.document_id, ("", "")) if event.document_id else ("", "")
    return Entry(
        number=f"{event.seq:,}",
        kind=kind,
        who=who_of(event),
        person=str(event.actor_id or event.actor_kind),
        what=what,
        document=f"{number} {title}".strip(),
        document_key=number or str(event.document_id or ""),
        note=note_of(event),
        changes=changes_of(event),
        place=" · ".join(part for part in (event.ip or "", device(event.user_agent)) if part),
        clock=at.clock,
        exact=at.tip,
    )


def _titles(work: UnitOfWork, events: Sequence[AuditEvent]) -> dict[UUID, tuple[str, str]]:
    """Number and title of the documents that are spoken of."""
    named = {event.document_id for event in events if event.document_id}
    query = select(Document.id, Document.number, Document.title).where(col(Document.id).in_(named))
    return {key: (number, title) for key, number, title in work.db.exec(query)}


def _people(work: UnitOfWork, chosen: str) -> list[Choice]:
    """Members, also those who left; then who is no member; and the one from the address, if they are none of these."""
    query = (
        select(AppUser.id, AppUser.name)
        .join(Membership, col(Membership.user_id) == AppUser.id)
        .order_by(col(AppUser.name), col(AppUser.id))
        .limit(MOST_PEOPLE)
    )
    people = [Choice(str(key), name) for key, name in work.db.exec(query)]
    people += [Choice(key, label) for key, label in ANYBODY_ELSE.items()]
    if chosen and chosen not in {choice.value for choice in people}:
        label = work.db.exec(
            select(AuditEvent.actor_label)
            .where(col(AuditEvent.actor_id) == UUID(chosen))
            .order_by(col(AuditEvent.seq).desc())
            .limit(1)
        ).first()
        people.append(Choice(chosen, label or "Somebody who did nothing yet"))
    return people


def _seq(before: str) -> int:
    if not (before.isascii() and before.isdecimal() and len(before) <= 15):
        raise paging.no_such_page()
    return int(before)
