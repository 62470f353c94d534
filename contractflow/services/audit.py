"""The trail of one organisation: proving it, and the head that sealed documents print. `work.record` writes it."""

from __future__ import annotations

from contractflow.db import trail
from contractflow.db.trail import Head, Verdict
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Permission as P


def verify(work: UnitOfWork) -> Verdict:
    """Prove that no event of the organisation's trail was changed, added or removed."""
    work.require(P.AUDIT_VERIFY)
    system = work.system("audit")
    verdict = trail.verify(work.db.connection(), system.org_id)
    work.record("audit:verify", "org", system.org_id, ok=verdict.ok, events=verdict.events)
    return verdict


def head(work: UnitOfWork) -> Head:
    """The newest event of the trail: printed on what leaves the house, it shows if the chain is ever written anew."""
    work.require(P.DOCUMENT_READ)
    return trail.head_of(work.db.connection(), work.system("audit").org_id)
