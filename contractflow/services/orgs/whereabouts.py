"""Which organisations somebody belongs to, and in which of them something is that is not in this one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Permission as P
from contractflow.services import accounts

KINDS = ("documents", "invoices", "organisations")
"""What addresses can be followed from one organisation to another: the first part of each."""


@dataclass(frozen=True)
class Own:
    """One of one's organisations; `is_current` is the one this session is in."""

    id: str
    name: str
    role: str
    is_current: bool


@dataclass(frozen=True)
class Elsewhere:
    """Another organisation of the reader's, where the page they asked for is; empty when it is nowhere for them."""

    org_id: str = ""
    org_name: str = ""
    path: str = ""


def own(work: UnitOfWork) -> list[Own]:
    """Every organisation one is an active member of, by name."""
    work.require(P.ORG_READ)
    places = accounts.memberships(work, work.member.user_id)
    rows = [Own(str(p.org_id), p.org_name, p.role.label, p.org_id == work.member.org_id) for p in places]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def elsewhere(work: UnitOfWork, path: str) -> Elsewhere:
    """Where the page at `path` is, if it is in another organisation that one is an active member of."""
    work.require(P.ORG_READ)
    parts = path.split("?", maxsplit=1)[0].strip("/").split("/")
    wanted = _id(parts[1]) if len(parts) == 2 and parts[0] in KINDS else None
    if wanted is None:
        return Elsewhere()
    query = text("SELECT org_id, org_name FROM gate_whereabouts(:kind, :id)")
    found = work.db.execute(query, {"kind": parts[0], "id": wanted}).one_or_none()
    if found is None or found.org_id == work.member.org_id:
        return Elsewhere()
    onward = "/settings/organisation" if parts[0] == "organisations" else f"/{parts[0]}/{wanted}"
    return Elsewhere(str(found.org_id), found.org_name, onward)


def _id(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None
