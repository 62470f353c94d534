"""A lead as a list, a board and its own page show it: with how long it waited for its first answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Lead
from contractflow.money import format_money
from contractflow.services.display import When, shown
from contractflow.workflows.crm import LeadStatus

OPEN = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)
MEASURED, MOST_MEASURED = timedelta(days=30), 1000
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class LeadRow:
    """`answered` is "Answered in 2 h", "Waiting 3 h" while nobody has (`is_waiting`), "Not answered" when it was closed so."""

    id: str
    name: str
    company: str
    status: str
    assignee: str
    budget: str
    answered: str
    is_waiting: bool
    arrived: When


def row(work: UnitOfWork, lead: Lead, assignee: str | None) -> LeadRow:
    return LeadRow(
        id=str(lead.id),
        name=lead.name,
        company=lead.company or "",
        status=lead.status,
        assignee=assignee or "",
        budget=budget(lead),
        answered=answered(work, lead),
        is_waiting=lead.first_response_at is None and lead.status in OPEN,
        arrived=shown(work, lead.created_at),
    )


def budget(lead: Lead) -> str:
    if lead.budget_minor is None or lead.currency is None:
        return ""
    return format_money(lead.budget_minor, lead.currency)


def answered(work: UnitOfWork, lead: Lead) -> str:
    if lead.first_response_at is None and lead.status not in OPEN:
        return "Not answered"
    if lead.first_response_at is None:
        return f"Waiting {span(work.now - lead.created_at)}"
    return f"Answered in {span(lead.first_response_at - lead.created_at)}"


def first_response(work: UnitOfWork) -> str:
    """The median of the last thirty days, in words; empty before anything was answered."""
    query = (
        select(Lead.created_at, Lead.first_response_at)
        .where(col(Lead.created_at) > work.now - MEASURED, col(Lead.first_response_at).is_not(None))
        .order_by(col(Lead.created_at).desc())
        .limit(MOST_MEASURED)
    )
    waits = [(at - arrived).total_seconds() for arrived, at in work.db.exec(query) if at]
    return span(timedelta(seconds=median(waits))) if waits else ""


def span(time: timedelta) -> str:
    """ "4 min", "2 h 10 min", "3 d": as exactly as somebody would say it."""
    seconds = max(0, int(time.total_seconds()))
    if seconds < HOUR:
        return f"{max(1, seconds // MINUTE)} min"
    if seconds < DAY:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"
    return f"{seconds // DAY} d"
