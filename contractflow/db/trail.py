"""Proving the audit trail: by the database's own function, and by ours, which only trusts SHA-256.

Ours goes in steps, so that a long chain holds nobody up, and looks for the heads that left the house in mails and
sealed PDFs: whoever writes the whole chain anew cannot change those.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from contractflow.db.engine import engine
from contractflow.db.roles import DbRole

STEP = 1_000
"""Events that are read and followed at once."""

_ORGS = text("SELECT org_id FROM audit_head UNION SELECT org_id FROM audit_event ORDER BY org_id")
_HEAD = text("SELECT seq, hash FROM audit_head WHERE org_id = :org")
_ENDS = text(
    "SELECT (SELECT seq FROM audit_head WHERE org_id = :org) AS seq,"
    " (SELECT hash FROM audit_head WHERE org_id = :org) AS hash,"
    " (SELECT max(seq) FROM audit_event WHERE org_id = :org) AS newest"
)
_EVENTS = text(
    "SELECT * FROM audit_event WHERE org_id = :org AND seq > :after AND seq <= :until ORDER BY seq LIMIT :most"
)
_VERIFY = text("SELECT ok, events, bad_seq, reason FROM audit_verify(:org)")
_MAILED = text(
    "SELECT chain_seq AS seq, chain_hash AS hash, sent_at AS at FROM notification"
    " WHERE org_id = :org AND chain_seq IS NOT NULL AND status = 'sent' ORDER BY chain_seq DESC LIMIT 1"
)
_SEALED = text(
    "SELECT seal->>'chain_seq' AS seq, seal->>'chain_head' AS hash, created_at AS at"
    " FROM artifact WHERE org_id = :org AND kind = 'sealed_pdf' AND seal->>'chain_head' <> '' ORDER BY id DESC LIMIT 1"
)


@dataclass(frozen=True)
class Head:
    """An event of a chain, and with it all before. `hash` is 32 bytes; nothing happened yet at `seq` 0."""

    seq: int
    hash: bytes


@dataclass(frozen=True)
class Mark:
    """A head that left the house `at` a time, in `where` ("a mail", "a sealed PDF"): the chain must still hold it."""

    head: Head
    where: str
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.where} of {self.at.astimezone(UTC):%d %b %Y, %H:%M} UTC" if self.at else self.where


@dataclass(frozen=True)
class Verdict:
    """What became of one organisation's chain; `broken_at` is the number of the first event that is not as written.

    `marks` counts the heads from outside that were met.
    """

    org_id: UUID
    events: int
    broken_at: int | None = None
    reason: str = ""
    marks: int = 0

    @property
    def ok(self) -> bool:
        return not self.reason

    def __str__(self) -> str:
        if self.ok:
            outside = f", {self.marks} heads from outside met" if self.marks else ""
            return f"{self.org_id}  ok, {self.events} events{outside}"
        return f"{self.org_id}  BROKEN at event {self.broken_at}: {self.reason}"


@dataclass(frozen=True)
class Walk:
    """A proof on its way from the first event to `head`; `at` is how far it has come, `verdict` its end."""

    org_id: UUID
    head: Head
    at: Head
    marks: tuple[Mark, ...] = ()
    has_more: bool = False
    """Events stand behind the head."""
    verdict: Verdict | None = None


def verify_all(of: Engine | None = None) -> list[Verdict]:
    """Every organisation's verdict, for operators, as a role that can read nothing but facts; `of` another database."""
    frozen = (of or engine(DbRole.OPS)).execution_options(isolation_level="REPEATABLE READ")
    with frozen.connect() as connection:
        return [verify(connection, org_id) for org_id in connection.execute(_ORGS).scalars().all()]


def verify(connection: Connection, org_id: UUID) -> Verdict:
    """Both verifiers; the chain is good only if neither finds anything."""
    theirs = connection.execute(_VERIFY, {"org": org_id}).one()
    if not theirs.ok:
        return Verdict(org_id, theirs.events, theirs.bad_seq, theirs.reason)
    walk = begin(connection, org_id)
    while walk.verdict is None:
        walk = go_on(connection, walk)
    return walk.verdict


def head_of(connection: Connection, org_id: UUID) -> Head:
    found = connection.execute(_HEAD, {"org": org_id}).one_or_none()
    return Head(found.seq, bytes(found.hash)) if found else Head(0, genesis(org_id))


def genesis(org_id: UUID) -> bytes:
    """What the first event follows."""
    return hashlib.sha256(f"contractflow-audit-v1:{org_id}".encode()).digest()


def marks_of(connection: Connection, org_id: UUID) -> tuple[Mark, ...]:
    """The newest head that was mailed and the newest that was sealed: each vouches for all events before it."""
    outside = ((_MAILED, "a mail"), (_SEALED, "a sealed PDF"))
    found = [(connection.execute(query, {"org": org_id}).one_or_none(), where) for query, where in outside]
    return tuple(Mark(_head(row.seq, row.hash), where, row.at) for row, where in found if row)


def _head(seq: int | str, digest: bytes | str) -> Head:
    """As stored by a mail or printed by a seal; what cannot be read is met nowhere."""
    try:
        return Head(int(seq), bytes.fromhex(digest) if isinstance(digest, str) else bytes(digest))
    except ValueError:
        return Head(1, b"")


def begin(connection: Connection, org_id: UUID) -> Walk:
    """Where the chain ends now, and which heads it must hold; it may grow during the walk."""
    ends = connection.execute(_ENDS, {"org": org_id}).one()
    start = Head(0, genesis(org_id))
    head = start if ends.seq is None else Head(ends.seq, bytes(ends.hash))
    return Walk(org_id, head, start, marks_of(connection, org_id), has_more=(ends.newest or 0) > head.seq)


def go_on(connection: Connection, walk: Walk, most: int = STEP) -> Walk:
    """The next `most` events."""
    limits = {"org": walk.org_id, "after": walk.at.seq, "until": walk.head.seq, "most": most}
    events = connection.execute(_EVENTS, limits).mappings().all()
    walk = follow(walk, events)
    return finish(walk) if walk.verdict is None and len(events) < most else walk


def follow(walk: Walk, events: Iterable[Any]) -> Walk:
    """`events`: mappings of audit_event's columns, in order of seq, beginning after `walk.at`."""
    at = walk.at
    for event in events:
        for reason in _faults(event, at, walk.marks):
            return replace(walk, at=at, verdict=Verdict(walk.org_id, at.seq + 1, event["seq"], reason))
        at = Head(event["seq"], bytes(event["hash"]))
    return replace(walk, at=at)


def finish(walk: Walk) -> Walk:
    """The verdict, once every event up to the head was followed."""
    org_id, events = walk.org_id, walk.at.seq
    beyond = [mark for mark in walk.marks if mark.head.seq > walk.head.seq]
    if walk.at != walk.head:
        verdict = Verdict(org_id, events, walk.head.seq, "the newest events are missing")
    elif walk.has_more:
        verdict = Verdict(org_id, events, walk.head.seq + 1, "events were added behind the head")
    elif beyond:
        reason = f"the trail ends before event {beyond[0].head.seq}, which went out in {beyond[0]}"
        verdict = Verdict(org_id, events, walk.head.seq, reason)
    else:
        verdict = Verdict(org_id, events, marks=len(walk.marks))
    return replace(walk, verdict=verdict)


def _faults(event: Any, before: Head, marks: Iterable[Mark]) -> Iterator[str]:
    if event["seq"] != before.seq + 1:
        yield "an event is missing before this one"
    if bytes(event["prev_hash"]) != before.hash:
        yield "does not follow the event before"
    if bytes(event["hash"]) != hashlib.sha256(before.hash + event["canonical"].encode()).digest():
        yield "the hashed text was changed"
    if _read(event["canonical"]) != _facts(event):
        yield "a column differs from the hashed text"
    for mark in marks:
        if mark.head.seq == event["seq"] and mark.head.hash != bytes(event["hash"]):
            yield f"is not the event that went out in {mark}: the chain was written anew"


def _read(canonical: str) -> object:
    try:
        return json.loads(canonical)
    except ValueError:
        return None


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
