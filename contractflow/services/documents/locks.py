"""Clauses that came locked from the library or a template: who is no admin leaves them as they are."""

from __future__ import annotations

from collections.abc import Iterable

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.models import DocumentVersion
from contractflow.permissions import Permission as P

LOCKED = "This clause is locked. Only admins and above can change it or take it out."


def is_locked(version: DocumentVersion, block_id: str) -> bool:
    return bool(version.provenance.get(block_id, {}).get("locked"))


def require_open(work: UnitOfWork, version: DocumentVersion, block_ids: Iterable[str]) -> None:
    """Refuse a change of a locked clause by who may not lock one. Raises NotAllowed."""
    if not work.actor.may(P.CLAUSE_LOCK) and any(is_locked(version, block_id) for block_id in block_ids):
        raise NotAllowed(LOCKED)
