"""Proving the trail of one organisation, in steps that each take a moment, and remembering what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from contractflow.db import trail
from contractflow.db.trail import Mark, Verdict, Walk
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AuditEvent
from contractflow.permissions import Permission as P
from contractflow.services.display import shown

ACTION = "audit:verify"


@dataclass(frozen=True)
class Standing:
    """How the trail stands. `checked` is empty before anybody verified; `outside` names the newest heads elsewhere."""

    seq: str = ""
    head: str = ""
    checked: str = ""
    is_ok: bool = True
    outcome: str = ""
    mailed: str = ""
    sealed: str = ""


def begin(work: UnitOfWork) -> Walk:
    """From the first event to the newest there is now."""
    work.require(P.AUDIT_VERIFY)
    return trail.begin(work.db.connection(), work.system("audit").org_id)


def go_on(work: UnitOfWork, walk: Walk) -> Walk:
    """A step further: a thousand events, some 20 ms. Who lost the permission on the way gets no further."""
    work.require(P.AUDIT_VERIFY)
    return trail.go_on(work.db.connection(), walk)


def conclude(work: UnitOfWork, verdict: Verdict) -> None:
    """Remember the verdict: the trail itself tells when it was proved last, and by whom."""
    work.require(P.AUDIT_VERIFY)
    facts: dict[str, Any] = {"ok": verdict.ok, "events": verdict.events, "marks": verdict.marks}
    if not verdict.ok:
        facts |= {"broken_at": verdict.broken_at, "reason": verdict.reason}
    work.record(ACTION, "org", verdict.org_id, **facts)


def verify(work: UnitOfWork) -> Verdict:
    """Prove at once that no event was changed, added or removed: for chains of which one knows that they are short."""
    walk = begin(work)
    while walk.verdict is None:
        walk = go_on(work, walk)
    conclude(work, walk.verdict)
    return walk.verdict


def standing(work: UnitOfWork) -> Standing:
    """What is known without proving it anew."""
    work.require(P.AUDIT_READ)
    connection, org_id = work.db.connection(), work.system("audit").org_id
    head = trail.head_of(connection, org_id)
    outside = {mark.where: mark for mark in trail.marks_of(connection, org_id)}
    last = work.db.exec(
        select(AuditEvent)
        .where(col(AuditEvent.action) == ACTION)
        .order_by(col(AuditEvent.seq).desc())
        .limit(1)
    ).first()
    return Standing(
        seq=f"{head.seq:,}",
        head=head.hash.hex(),
        checked=f"{shown(work, last.at).exact}, by {last.actor_label}" if last else "",
        is_ok=bool(last is None or last.data.get("ok")),
        outcome=_outcome(last) if last else "",
        mailed=_told(outside.get("a mail")),
        sealed=_told(outside.get("a sealed PDF")),
    )


def _outcome(event: AuditEvent) -> str:
    facts = event.data
    if facts.get("ok"):
        met = {0: "", 1: " It holds the fingerprint that left the house last."}
        many = " It holds the fingerprints that left the house last, in a mail and in a sealed PDF."
        return (
            f"{_entries(int(facts.get('events', 0)))}, unbroken.{met.get(int(facts.get('marks', 0)), many)}"
        )
    return f"Entry {int(facts.get('broken_at') or 0):,}: {facts.get('reason', 'not as written')}."


def _entries(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"


def _told(mark: Mark | None) -> str:
    return f"Entry {mark.head.seq:,}, in {mark}" if mark else ""
