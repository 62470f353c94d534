"""Lists page by key: `after` says behind which row the next page begins, as the browser sends it back."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import SQLModel

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid

PAGE = 50
MOST_COUNTED = 1_000
"""A list of more is "1,000+": counting on would read every row of it."""
Row = TypeVar("Row", bound=SQLModel)


def by_id(after: str) -> UUID:
    """The key of a list in the order of its ids. Raises Invalid."""
    try:
        return UUID(after)
    except ValueError:
        raise no_such_page() from None


def key_of(at: datetime, row_id: UUID) -> str:
    """The key of a list in the order of a time, as `by_time` reads it."""
    return f"{at.isoformat()}|{row_id}"


def by_time(after: str) -> tuple[datetime, UUID]:
    """Raises Invalid."""
    at, _, last = after.partition("|")
    try:
        return datetime.fromisoformat(at), UUID(last)
    except ValueError:
        raise no_such_page() from None


def last_row(work: UnitOfWork, model: type[Row], after: str) -> Row:
    """Behind which row a list in the order of words goes on: its id alone is the key. Raises Invalid."""
    row = work.db.get(model, by_id(after))
    if row is None:
        raise no_such_page()
    return row


def counted(number: int) -> str:
    """How many there are, counted up to one more than MOST_COUNTED: "12", "1,000+"."""
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


def no_such_page() -> Invalid:
    return Invalid("This page of the list does not exist. Start again from the top.")
