"""The queue of whoever looks: the first of every kind, and on by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from sqlmodel import tuple_

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services import names, paging
from contractflow.services.display import When, shown, timezone_of, zone
from contractflow.services.home.waiting import KINDS, Kind

FEW: Final = 6
PLACES: Final = {"transfer": "invoices", "overdue": "invoices", "lead": "leads"}
"""Where the rows of a kind lead to; all others to documents."""


@dataclass(frozen=True)
class QueueRow:
    """`action` is empty where one has to go there; `seen` is what exactly the click is about."""

    key: str
    kind: str
    id: str
    seen: str
    words: str
    who: str
    amount: str
    href: str
    at: When
    since: str
    """How long it has waited, or by when it has to be done."""
    action: str


@dataclass(frozen=True)
class Queue:
    """`after`: of every kind of which there is more, the key of its next page."""

    rows: list[QueueRow] = field(default_factory=list)
    after: dict[str, str] = field(default_factory=dict)


def queue(work: UnitOfWork, after: Mapping[str, str] | None = None) -> Queue:
    """What waits for the member who asks, first what holds up somebody else; with `after` the next page of it.

    Raises Invalid for a key that is none.
    """
    work.require(P.ORG_READ)
    wanted = KINDS if after is None else {name: KINDS[name] for name in after if name in KINDS}
    found: dict[str, list[Any]] = {}
    following: dict[str, str] = {}
    for name, kind in wanted.items():
        if why_not(work.member, kind.needs, own=kind.own):
            continue
        of_kind = _page(work, kind, (after or {}).get(name, ""))
        found[name] = of_kind[:FEW]
        if len(of_kind) > FEW:
            following[name] = paging.key_of(_moment(of_kind[FEW - 1].at), of_kind[FEW - 1].id)
    whose = [one.who for of_kind in found.values() for one in of_kind]
    client = names.of_clients(work, (who for who in whose if isinstance(who, UUID)))
    return Queue([_row(work, name, one, client) for name in found for one in found[name]], following)


def _page(work: UnitOfWork, kind: Kind, after: str) -> list[Any]:
    """The oldest first: it has waited longest.

    Found by the index alone and then read by key: asked for at once, the planner fetches all that wait to sort them.
    """
    query = kind.question(work)
    entity, at = query.selected_columns["id"], query.selected_columns["at"]
    if after:
        moment, last = paging.by_time(after)
        query = query.where(tuple_(at.element, entity.element) > tuple_(moment, last))
    first = query.order_by(at, entity).limit(FEW + 1)
    ids = [one.id for one in work.db.execute(first.with_only_columns(entity, at))]
    return list(work.db.execute(first.where(entity.element.in_(ids)))) if ids else []


def _row(work: UnitOfWork, name: str, one: Any, client: Mapping[UUID, str]) -> QueueRow:
    return QueueRow(
        key=f"{name}-{one.id}",
        kind=name,
        id=str(one.id),
        seen=str(one.seen or ""),
        words=one.words,
        who=client.get(one.who, "") if isinstance(one.who, UUID) else one.who,
        amount=format_money(one.minor, one.currency) if one.minor is not None and one.currency else "",
        href=_href(name, one),
        at=shown(work, _moment(one.at)),
        since=_since(work, name, one.at),
        action=KINDS[name].action,
    )


def _href(name: str, one: Any) -> str:
    if name == "comment":
        return f"/documents/{one.seen}?comment={one.thread}"
    return f"/{PLACES.get(name, 'documents')}/{one.id}"


def _since(work: UnitOfWork, name: str, at: datetime | date) -> str:
    if name == "overdue":
        return f"due {at.day} {at:%b}"
    if name == "expiring":
        local = _moment(at).astimezone(zone(timezone_of(work)))
        return f"until {local.day} {local:%b}"
    return shown(work, _moment(at)).ago


def _moment(at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), zone("UTC"))
