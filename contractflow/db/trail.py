"""Proving the audit trail, twice: by the database's own function, and by ours, which only trusts SHA-256.

For operators it reads every organisation, as a role that can read nothing but facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from contractflow.db.engine import engine
from contractflow.db.roles import DbRole

_BATCH = 2_000

_ORGS = text("SELECT org_id FROM audit_head UNION SELECT org_id FROM audit_event ORDER BY org_id")
_HEAD = text("SELECT seq, hash FROM audit_head WHERE org_id = :org")
_EVENTS = text("SELECT * FROM audit_event WHERE org_id = :org AND seq <= :seq ORDER BY seq")
_VERIFY = text("SELECT ok, events, bad_seq, reason FROM audit_verify(:org)")


@dataclass(frozen=True)
class Head:
    """The newest event of a chain: what a sealed PDF prints. `hash` is 32 bytes; nothing happened yet at `seq` 0."""

    seq: int
    hash: bytes


@dataclass(frozen=True)
class Verdict:
    """What became of one organisation's chain; `broken_at` is the number of the first event that is not as written."""

    org_id: UUID
    events: int
    broken_at: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.reason

    def __str__(self) -> str:
        if self.ok:
            return f"{self.org_id}  ok, {self.events} events"
        return f"{self.org_id}  BROKEN at event {self.broken_at}: {self.reason}"


def verify_all() -> list[Verdict]:
    """Every organisation's verdict."""
    frozen = engine(DbRole.OPS).execution_options(isolation_level="REPEATABLE READ")
    with frozen.connect() as connection:
        return [verify(connection, org_id) for org_id in connection.execute(_ORGS).scalars().all()]


def verify(connection: Connection, org_id: UUID) -> Verdict:
    """Both verifiers; the chain is good only if neither finds anything."""
    theirs = connection.execute(_VERIFY, {"org": org_id}).one()
    if not theirs.ok:
        return Verdict(org_id, theirs.events, theirs.bad_seq, theirs.reason)
    head = head_of(connection, org_id)
    until = {"org": org_id, "seq": head.seq}
    with connection.execute(_EVENTS, until, execution_options={"yield_per": _BATCH}) as rows:
        return walk(org_id, rows.mappings(), head)


def head_of(connection: Connection, org_id: UUID) -> Head:
    found = connection.execute(_HEAD, {"org": org_id}).one_or_none()
    return Head(found.seq, bytes(found.hash)) if found else Head(0, genesis(org_id))


def genesis(org_id: UUID) -> bytes:
    """What the first event follows."""
    return hashlib.sha256(f"contractflow-audit-v1:{org_id}".encode()).digest()


def walk(org_id: UUID, events: Iterable[Any], head: Head) -> Verdict:
    """Follow the chain from the beginning to `head`. `events`: mappings of audit_event's columns, in order of seq."""
    before, count = genesis(org_id), 0
    for event in events:
        count += 1
        for reason in _faults(event, before, count):
            return Verdict(org_id, count, event["seq"], reason)
        before = bytes(event["hash"])
    if (count, before) != (head.seq, head.hash):
        return Verdict(org_id, count, head.seq, "the newest events are missing")
    return Verdict(org_id, count)


def _faults(event: Any, before: bytes, number: int) -> Iterator[str]:
    if event["seq"] != number:
        yield "an event is missing before this one"
    if bytes(event["prev_hash"]) != before:
        yield "does not follow the event before"
    if bytes(event["hash"]) != hashlib.sha256(before + event["canonical"].encode()).digest():
        yield "the hashed text was changed"
    if json.loads(event["canonical"]) != _facts(event):
        yield "a column differs from the hashed text"


def _facts(event: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "org": str(event["org_id"]),
        "seq": event["seq"],
        "at": event["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": {"kind": event["actor_kind"], "id": _text(event["actor_id"]), "label": event["actor_label"]},
        "action": event["action"],
        "entity": event["entity"],
        "entity_id": str(event["entity_id"]),
        "document": _text(event["document_id"]),
        "ip": _text(event["ip"]),
        "agent": event["user_agent"],
        "data": event["data"],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
