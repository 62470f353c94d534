"""How times and words look in a row: short for the eye, exact for the tooltip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Org

STEPS = (
    (60, 1, "just now"),
    (3600, 60, "{n} min ago"),
    (86_400, 3600, "{n} h ago"),
    (604_800, 86_400, "{n} d ago"),
)


@dataclass(frozen=True)
class When:
    """`ago` for the list, `exact` where it stands alone, `tip` (the same, and in UTC) for the tooltip, `day` for grouping,
    `clock` within a day."""

    ago: str = ""
    exact: str = ""
    day: str = ""
    clock: str = ""
    tip: str = ""


def when(at: datetime | None, now: datetime, timezone: str = "UTC") -> When:
    """`at` as a person in `timezone` reads it at `now`; all empty for None."""
    if at is None:
        return When()
    local = at.astimezone(zone(timezone))
    exact = f"{local:%d %b %Y, %H:%M} {local.tzname() or 'UTC'}"
    return When(
        ago=_ago(at, now, local),
        exact=exact,
        tip=exact if local.tzname() == "UTC" else f"{exact} ({_beside(at.astimezone(UTC), local)})",
        day=_day(local, now.astimezone(zone(timezone))),
        clock=f"{local:%H:%M}",
    )


def shown(work: UnitOfWork, at: datetime | None) -> When:
    """`at` in the time zone of the organisation that looks: all its people read the same. UTC for who is in none."""
    return when(at, work.now, timezone_of(work))


def timezone_of(work: UnitOfWork) -> str:
    """Asked of the database once for each transaction."""
    if "timezone" not in work.db.info:
        org_id = getattr(work.actor, "org_id", None)
        found = work.db.exec(select(Org.timezone).where(col(Org.id) == org_id)).first() if org_id else None
        work.db.info["timezone"] = found or "UTC"
    return str(work.db.info["timezone"])


def moment(seconds: int) -> datetime:
    """Seconds since 1970, as Redis counts them."""
    return datetime.fromtimestamp(seconds, UTC)


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _ago(at: datetime, now: datetime, local: datetime) -> str:
    seconds = max(0, int((now.astimezone(UTC) - at.astimezone(UTC)).total_seconds()))
    for below, unit, words in STEPS:
        if seconds < below:
            return words.format(n=seconds // unit)
    return f"{local:%d %b %Y}"


def _beside(utc: datetime, local: datetime) -> str:
    """The day as well where it is another one there."""
    return f"{utc:%H:%M} UTC" if utc.date() == local.date() else f"{utc:%d %b, %H:%M} UTC"


def _day(local: datetime, today: datetime) -> str:
    if local.date() == today.date():
        return "Today"
    if local.date() == (today - timedelta(days=1)).date():
        return "Yesterday"
    return f"{local:%A, %d %B %Y}"
