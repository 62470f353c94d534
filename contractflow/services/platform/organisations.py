"""The organisations as a platform admin sees them: names, plans, counts and states. Nothing that people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.services import paging, tiers
from contractflow.services.display import When, when
from contractflow.services.paging import PAGE
from contractflow.services.platform.appointing import only_admins

LONGEST_SEARCH = 100

# fmt: off
LIMITS = {
    #                  what it is called
    "seats":          "Seats",
    "drafts":         "AI drafts a month",
    "drafts_at_once": "AI drafts at a time",
    "documents":      "Active documents",
}
# fmt: on


@dataclass(frozen=True)
class OrganisationRow:
    """`state` is "suspended" or what its plan says; the counts read "3 of 10"."""

    id: str
    name: str
    tier: str
    state: str
    seats: str
    drafts: str
    documents: str
    since: When


@dataclass(frozen=True)
class OrganisationList:
    """One page; `after` is the key of the next one, empty on the last."""

    rows: list[OrganisationRow] = field(default_factory=list)
    after: str = ""


@dataclass(frozen=True)
class LimitRow:
    """`limit` is the one that holds, `plans` the one of the plan; `own` what stands in the form, empty for the plan's."""

    key: str
    label: str
    used: str
    limit: str
    plans: str
    own: str


@dataclass(frozen=True)
class OrganisationPage:
    id: str = ""
    name: str = ""
    slug: str = ""
    state: str = ""
    tier: str = ""
    tier_key: str = ""
    owner: str = ""
    owner_email: str = ""
    since: When = field(default_factory=When)
    reason: str = ""
    suspended: When = field(default_factory=When)
    is_suspended: bool = False
    is_held: bool = False
    leaves: When = field(default_factory=When)
    trial_until: str = ""
    """A date (2026-12-31), empty without a trial."""
    trial_ends: When = field(default_factory=When)
    sessions: str = "0"
    limits: list[LimitRow] = field(default_factory=list)


def organisations(work: UnitOfWork, words: str = "", after: str = "") -> OrganisationList:
    """Fifty at a time by name; `words` are beginnings of words of the name, or a member's whole address."""
    only_admins(work)
    found = work.db.execute(
        text("SELECT * FROM gate_platform_find(:words, :after, :most)"),
        {
            "words": words.strip()[:LONGEST_SEARCH],
            "after": paging.by_id(after) if after else None,
            "most": PAGE + 1,
        },
    )
    ids = list(found.scalars())
    rows = [_row(row, work.now) for row in _read(work, ids[:PAGE])]
    return OrganisationList(rows, str(ids[PAGE - 1]) if len(ids) > PAGE else "")


def organisation(work: UnitOfWork, org_id: UUID) -> OrganisationPage:
    """One of them. Raises NotFound."""
    return _page(one(work, org_id), work.now)


def one(work: UnitOfWork, org_id: UUID) -> RowMapping:
    """What the gate says of one. Raises NotFound, NotAllowed for everybody else."""
    only_admins(work)
    found = _read(work, [org_id])
    if not found:
        raise NotFound("organisation")
    return found[0]


def _read(work: UnitOfWork, ids: Sequence[UUID]) -> Sequence[RowMapping]:
    month = work.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    query = text("SELECT * FROM gate_platform_organisations(:ids, :month)")
    return work.db.execute(query, {"ids": list(ids), "month": month}).mappings().all()


def limit_of(row: RowMapping, name: str) -> int | None:
    """The limit that holds; None is unlimited."""
    own: dict[str, int | None] = row["limits"]
    limit: int | None = own[name] if name in own else _plans(row, name)
    return limit


def _row(row: RowMapping, now: datetime) -> OrganisationRow:
    return OrganisationRow(
        id=str(row["id"]),
        name=row["name"],
        tier=_tier(row).name,
        state=_state(row),
        since=when(row["created_at"], now),
        **{name: _of(row, name) for name in ("seats", "drafts", "documents")},
    )


def _page(row: RowMapping, now: datetime) -> OrganisationPage:
    return OrganisationPage(
        id=str(row["id"]),
        name=row["name"],
        slug=row["slug"],
        state=_state(row),
        tier=_tier(row).name,
        tier_key=row["tier"] or tiers.TIERS[0].key,
        owner=row["owner_name"] or "",
        owner_email=row["owner_email"] or "",
        since=when(row["created_at"], now),
        reason=row["suspend_reason"] or "",
        suspended=when(row["suspended_at"], now),
        is_suspended=row["suspended_at"] is not None,
        is_held=row["legal_hold"],
        leaves=when(row["deletion_requested_at"], now),
        trial_until=f"{row['trial_ends_at']:%Y-%m-%d}" if _may_be_on_trial(row) else "",
        trial_ends=when(row["trial_ends_at"], now),
        sessions=f"{row['sessions']:,}",
        limits=[_limit(row, name) for name in LIMITS],
    )


def _limit(row: RowMapping, name: str) -> LimitRow:
    own: dict[str, int | None] = row["limits"]
    return LimitRow(
        key=name,
        label=LIMITS[name],
        used=f"{row[name]:,}" if name in row else "",
        limit=_words(limit_of(row, name)),
        plans=_words(_plans(row, name)),
        own=("unlimited" if own[name] is None else str(own[name])) if name in own else "",
    )


def _of(row: RowMapping, name: str) -> str:
    limit = limit_of(row, name)
    return f"{row[name]:,}" if limit is None else f"{row[name]:,} of {limit:,}"


def _state(row: RowMapping) -> str:
    if row["suspended_at"]:
        return "suspended"
    return "leaving" if row["deletion_requested_at"] else row["status"] or "canceled"


def _may_be_on_trial(row: RowMapping) -> bool:
    """Also a trial that is over and was never paid can go on."""
    return row["trial_ends_at"] is not None and row["status"] in ("trialing", "read_only")


def _tier(row: RowMapping) -> tiers.Tier:
    return tiers.in_force(row["tier"])


def _plans(row: RowMapping, name: str) -> int | None:
    limit: int | None = getattr(_tier(row), name)
    return limit


def _words(limit: Any) -> str:
    return "unlimited" if limit is None else f"{limit:,}"
