"""What the platform's pages show. Organisations by name, drafts by age: no title, no text, no person."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LaneRow:
    """One queue. `state` is ok, missing (nobody takes from it) or unknown (Redis is away)."""

    name: str
    state: str
    waiting: str
    workers: str


@dataclass(frozen=True)
class WorkerRow:
    """One process. `state` is alive or silent."""

    name: str
    kind: str
    state: str
    busy: str
    memory: str
    since: str
    exact: str


@dataclass(frozen=True)
class UnderWayRow:
    id: str
    org: str
    what: str
    status: str
    provider: str
    attempt: str
    age: str


@dataclass(frozen=True)
class FailureRow:
    """A draft that nobody works on any more."""

    id: str
    org_id: str
    org: str
    what: str
    cause: str
    ago: str
    exact: str


@dataclass(frozen=True)
class ProviderRow:
    """`state` is closed, open, off (no key) or unknown. Times to the first text; shares of what was asked."""

    key: str
    name: str
    model: str
    state: str
    breaker: str
    hour: str
    day: str
    failed_hour: str
    failed_day: str


@dataclass(frozen=True)
class CauseRow:
    key: str
    provider: str
    cause: str
    hour: str
    day: str


@dataclass(frozen=True)
class CostRow:
    org_id: str
    org: str
    attempts: str
    tokens: str
    cost: str


@dataclass(frozen=True)
class JobsPage:
    """`read_at` is the time of day; `note` says what could not be read."""

    read_at: str = ""
    note: str = ""
    lanes: list[LaneRow] = field(default_factory=list)
    workers: list[WorkerRow] = field(default_factory=list)
    under_way: list[UnderWayRow] = field(default_factory=list)
    failures: list[FailureRow] = field(default_factory=list)
    providers: list[ProviderRow] = field(default_factory=list)
    causes: list[CauseRow] = field(default_factory=list)
    costs: list[CostRow] = field(default_factory=list)
    total_cost: str = ""
    month: str = ""
