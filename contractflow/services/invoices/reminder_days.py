"""When an unpaid invoice is looked at by itself: the morning after its day, then when its reminders go out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from contractflow.models import Invoice, Org
from contractflow.services.display import zone

TOLD_AFTER: Final = 1
"""Days after its day on which the agency hears that it is overdue."""

REMINDED_AFTER: Final = (3, 10, 21)
"""Days after its day on which the client is reminded, once each."""

MORNING: Final = time(9)
"""In the organisation's time zone: a mail about money at night looks like a machine's."""


def next_look(invoice: Invoice, org: Org, current: date) -> datetime | None:
    """The first of these days that is later than `current`; None after the last one."""
    if invoice.due_on is None:
        return None
    days = (invoice.due_on + timedelta(days=after) for after in (TOLD_AFTER, *REMINDED_AFTER))
    coming = next((day for day in days if day > current), None)
    return datetime.combine(coming, MORNING, zone(org.timezone)) if coming else None


def is_first_look(invoice: Invoice, org: Org) -> bool:
    """Whether it has not been looked at since its day; told by the day, for the time zone may have changed meanwhile."""
    if invoice.due_on is None or invoice.next_reminder_at is None:
        return False
    return looked_for(invoice.next_reminder_at, org) <= invoice.due_on + timedelta(days=TOLD_AFTER)


def step_today(invoice: Invoice, org: Org, current: date) -> int | None:
    """Which of the reminders is to go out now; what was missed meanwhile is left out, so that no two come at once."""
    if invoice.due_on is None or invoice.next_reminder_at is None:
        return None
    since = (looked_for(invoice.next_reminder_at, org) - invoice.due_on).days
    late = (current - invoice.due_on).days
    return max((after for after in REMINDED_AFTER if since <= after <= late), default=None)


def next_reminder(invoice: Invoice, org: Org) -> date | None:
    """The day of the next reminder that goes out by itself."""
    if invoice.due_on is None or invoice.next_reminder_at is None:
        return None
    first = looked_for(invoice.next_reminder_at, org)
    days = (invoice.due_on + timedelta(days=after) for after in REMINDED_AFTER)
    return next((day for day in days if day >= first), None)


def looked_for(at: datetime, org: Org) -> date:
    return at.astimezone(zone(org.timezone)).date()
