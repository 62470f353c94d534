"""How times and words look in a row: short for the eye, exact for the tooltip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

STEPS = (
    (60, 1, "just now"),
    (3600, 60, "{n} min ago"),
    (86_400, 3600, "{n} h ago"),
    (604_800, 86_400, "{n} d ago"),
)


@dataclass(frozen=True)
class When:
    """`ago` for the list, `exact` for the tooltip and the timeline, `day` for grouping, `clock` within a day."""

    ago: str = ""
    exact: str = ""
    day: str = ""
    clock: str = ""


def when(at: datetime | None, now: datetime, timezone: str = "UTC") -> When:
    """`at` as a person in `timezone` reads it at `now`; all empty for None."""
    if at is None:
        return When("", "", "", "")
    local = at.astimezone(zone(timezone))
    return When(
        ago=_ago(at, now, local),
        exact=f"{local:%d %b %Y, %H:%M} {local.tzname() or 'UTC'}",
        day=_day(local, now.astimezone(zone(timezone))),
        clock=f"{local:%H:%M}",
    )


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


def _day(local: datetime, today: datetime) -> str:
    if local.date() == today.date():
        return "Today"
    if local.date() == (today - timedelta(days=1)).date():
        return "Yesterday"
    return f"{local:%A, %d %B %Y}"
