"""The board: a column for each stage a lead goes through, the newest first."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import col, func, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Lead
from contractflow.permissions import Permission as P
from contractflow.services.leads.reading import with_assignee
from contractflow.services.leads.rows import LeadRow, row
from contractflow.workflows.crm import LeadStatus

STAGES = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.CONVERTED)
SHOWN = 20


@dataclass(frozen=True)
class Column:
    """`more` says how many more there are than are shown; empty when all are."""

    status: str
    count: str
    more: str
    rows: list[LeadRow] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    columns: list[Column] = field(default_factory=list)


def board(work: UnitOfWork) -> Board:
    """The newest twenty leads of each stage, and how many there are in it."""
    work.require(P.LEAD_READ)
    counts = dict(work.db.exec(select(Lead.status, func.count()).group_by(col(Lead.status))).all())
    return Board([_column(work, stage, counts.get(stage, 0)) for stage in STAGES])


def _column(work: UnitOfWork, stage: LeadStatus, count: int) -> Column:
    query = with_assignee().where(col(Lead.status) == stage)
    newest = query.order_by(col(Lead.created_at).desc(), col(Lead.id).desc()).limit(SHOWN)
    rows = [row(work, lead, name) for lead, name in work.db.exec(newest)]
    left = count - len(rows)
    return Column(stage, f"{count:,}", f"{left:,} more" if left > 0 else "", rows)
