"""How many documents there are of each status, counted as far as anybody reads a number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlmodel import col

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Document
from contractflow.permissions import Permission as P
from contractflow.services import paging
from contractflow.workflows.document import Status


def counts(work: UnitOfWork) -> dict[str, str]:
    """By status, in words: "12", "1,000+"; an empty status counts them all."""
    work.require(P.DOCUMENT_READ)
    parts = [_some(status) for status in ("", *Status)]
    return {status: paging.counted(number) for status, number in work.db.execute(union_all(*parts))}


def _some(status: str) -> Any:
    rows = select(col(Document.id)).where(col(Document.deleted_at).is_(None))
    if status:
        rows = rows.where(col(Document.status) == status)
    some = rows.limit(paging.MOST_COUNTED + 1).subquery()
    counted: Any = select(literal(status), func.count()).select_from(some)
    return counted
