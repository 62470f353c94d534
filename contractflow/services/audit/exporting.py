"""Taking the trail away: as a table for people, and as the exact hashed lines that the verifier follows.

Both in parts of a thousand events, each its own transaction: what is written at once stays small however long the
chain is, nobody waits for a slow download, and who loses the permission on the way gets no further.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlmodel import col, select

from contractflow.content.cells import harmless
from contractflow.db import trail
from contractflow.db.trail import Head
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AuditEvent, Org
from contractflow.permissions import Permission as P
from contractflow.permissions import require
from contractflow.services.audit.narrowing import Wanted, conditions
from contractflow.services.devices import device
from contractflow.services.timeline import words_of

PART = 1_000
_CHANGE = 40
"""Longer names of what changed are cut in the table; the lines have them whole."""

Form = Literal["csv", "evidence"]

COLUMNS: Final = (
    "Number", "Time (UTC)", "Who", "Kind of who", "What", "Action", "Before", "After", "Address", "Device",
    "Browser", "Thing", "Id of the thing", "Id of the document", "Details", "Fingerprint",
)  # fmt: skip


@dataclass(frozen=True)
class Export:
    """What is taken away: everything up to `head`, narrowed by `wanted`. `manifest` is what the verifier is told."""

    head: Head
    wanted: Wanted
    manifest: str
    name: str


@dataclass(frozen=True)
class Part:
    """Some lines, and the number of the last event in them; `is_last` when there are no more."""

    text: str
    seq: int
    is_last: bool


def export(work: UnitOfWork, form: Form, wanted: Wanted) -> Export:
    """Begin, and write into the trail who took what. Raises Invalid for a filter that cannot be used."""
    work.require(P.AUDIT_EXPORT)
    conditions(work, wanted)
    org = work.db.get_one(Org, work.member.org_id)
    head = trail.head_of(work.db.connection(), org.id)
    filters = {name: value for name, value in asdict(wanted).items() if value}
    work.record("audit:export", "org", org.id, form=form, events=head.seq, only=filters)
    marks = trail.marks_of(work.db.connection(), org.id)
    manifest = {
        "format": "contractflow-audit-1",
        "organisation": {"id": str(org.id), "name": org.name},
        "head": _printed(head),
        "outside": [_printed(mark.head) | {"where": str(mark)} for mark in marks],
        "exported": {"at": work.now.isoformat(), "by": work.actor.name},
    }
    name = f"audit-log-{org.slug}-{work.now:%Y-%m-%d}"
    return Export(head, wanted, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", name)


def csv_part(work: UnitOfWork, begun: Export, after: int) -> Part:
    """The events after number `after` as lines of a table; the first part has the headings and a byte order mark."""
    require(work.actor, P.AUDIT_EXPORT)  # confirmed when it began; a long download may outlast that
    events = _events(work, begun, after)
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    if after == 0:
        written.write("\ufeff")  # else Excel reads ü as Ã¼
        table.writerow(COLUMNS)
    table.writerows([harmless(cell) for cell in _cells(event)] for event in events)
    return _part(written.getvalue(), events, after)


def json_part(work: UnitOfWork, begun: Export, after: int) -> Part:
    """The events after number `after`, one a line, each with the exact text that was hashed."""
    require(work.actor, P.AUDIT_EXPORT)  # confirmed when it began; a long download may outlast that
    events = _events(work, begun, after)
    return _part("".join(_line(event) for event in events), events, after)


def _events(work: UnitOfWork, begun: Export, after: int) -> Sequence[AuditEvent]:
    asked = conditions(work, begun.wanted)
    query = select(AuditEvent).where(
        col(AuditEvent.seq) > after, col(AuditEvent.seq) <= begun.head.seq, *asked
    )
    return work.db.exec(query.order_by(col(AuditEvent.seq)).limit(PART)).all()


def _part(text: str, events: Sequence[AuditEvent], after: int) -> Part:
    return Part(text, events[-1].seq if events else after, len(events) < PART)


def _line(event: AuditEvent) -> str:
    facts = {
        "seq": event.seq,
        "prev_hash": event.prev_hash.hex(),
        "hash": event.hash.hex(),
        "canonical": event.canonical,
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n"


def _cells(event: AuditEvent) -> list[str]:
    data = dict(event.data)
    before, after = _sides(data)
    return [
        str(event.seq),
        _moment(event.at),
        event.actor_label,
        event.actor_kind,
        words_of(event.action)[1],
        event.action,
        before,
        after,
        event.ip or "",
        device(event.user_agent),
        event.user_agent or "",
        event.entity,
        str(event.entity_id),
        str(event.document_id or ""),
        json.dumps(data, ensure_ascii=False, sort_keys=True) if data else "",
        event.hash.hex(),
    ]


def _sides(data: dict[str, Any]) -> tuple[str, str]:
    """What changed, taken out of `data`: “role: member” and “role: admin”."""
    changed = dict(data.pop("changes", None) or {})
    if "from" in data and "to" in data:
        changed = {"state": [data.pop("from"), data.pop("to")], **changed}
    sides = [[f"{name[:_CHANGE]}: {pair[side]}" for name, pair in changed.items()] for side in (0, 1)]
    return "; ".join(sides[0]), "; ".join(sides[1])


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _printed(head: Head) -> dict[str, object]:
    return {"seq": head.seq, "hash": head.hash.hex()}
