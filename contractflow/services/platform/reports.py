"""What browsers reported of the content security policy, for platform admins."""

from __future__ import annotations

from dataclasses import dataclass, field

from redis.exceptions import RedisError

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.security import csp_reports
from contractflow.security.csp_reports import Kept
from contractflow.services.display import when
from contractflow.services.platform.appointing import only_admins


@dataclass(frozen=True)
class ReportRow:
    key: str
    directive: str
    blocked: str
    page: str
    source: str
    times: str
    ago: str
    exact: str
    since: str


@dataclass(frozen=True)
class ReportsPage:
    rows: list[ReportRow] = field(default_factory=list)
    note: str = ""


def reports(work: UnitOfWork) -> ReportsPage:
    """What the policy stopped in people's browsers in the last thirty days. Raises NotAllowed."""
    only_admins(work)
    try:
        return ReportsPage([_row(work, kept) for kept in csp_reports.kept()])
    except (RedisError, OSError):
        return ReportsPage(note="Redis does not answer, so nothing is known of reports at the moment.")


def _row(work: UnitOfWork, kept: Kept) -> ReportRow:
    one, last = kept.violation, when(kept.last, work.now)
    return ReportRow(
        key=one.kind,
        directive=one.directive,
        blocked=one.blocked,
        page=one.page,
        source=f"{one.source}:{one.line}" if one.source and one.line else one.source,
        times=f"{kept.times:,}",
        ago=last.ago,
        exact=last.exact,
        since=when(kept.first, work.now).exact,
    )
