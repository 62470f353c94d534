"""What an attack got, in the words of docs/tenancy.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, NoResultFound, StatementError

from contractflow import errors
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork, _append_trail, unit_of_work
from contractflow.permissions import Actor


@dataclass
class Answer:
    """`target` attacked by `whom`: what was `said`, and what is wrong with it, when something is."""

    target: str
    whom: str
    said: str
    wrong: list[str] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    """The sentences a browser was told on the way; others may be among them."""

    def __str__(self) -> str:
        return f"{self.target} as {self.whom}: {self.said}; {', '.join(self.wrong)}"


class _Undo(Exception):
    """Ends a transaction without leaving anything behind."""


@contextmanager
def undone(actor: Actor, role: DbRole | None = None) -> Iterator[UnitOfWork]:
    """A unit of work that is taken back at its end, so that every attack meets the same world."""
    try:
        with unit_of_work(actor, role=role) as work:
            yield work
            _undo()
    except _Undo:
        return


def _undo() -> None:
    raise _Undo


def flushed(work: UnitOfWork) -> None:
    """Everything a commit would write and check."""
    work.db.flush()
    _append_trail(work)
    work.db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


# fmt: off
REFUSALS: dict[type[Exception], str] = {
    errors.NotFound:     "does not exist",
    errors.PortalClosed: "its link is closed",
    errors.NotSignedIn:  "sign in first",
    errors.NotAllowed:   "not allowed",
    errors.IllegalMove:  "not now",
    errors.Stale:        "changed meanwhile",
    errors.Invalid:      "cannot be used",
    errors.LimitReached: "limit reached",
    errors.TooMany:      "too often",
    errors.Unavailable:  "unavailable",
    NoResultFound:       "no such row",
}
STATES = {
    "42501": "permission denied",
    "23503": "refused by a foreign key",
    "23505": "refused by a unique key",
    "23514": "refused by a check",
    "23502": "refused by a check",
    "55000": "refused by a trigger",
    "P0001": "refused by a trigger",
    "22P02": "cannot be used",
}
# fmt: on


def refusal(problem: Exception) -> str:
    """How a refusal reads; empty when it is none but a fault."""
    if isinstance(problem, DBAPIError):
        state = getattr(problem.orig, "sqlstate", "") or ""
        return (
            "outside row-level security"
            if "row-level security" in str(problem.orig)
            else STATES.get(state, "")
        )
    if isinstance(problem, StatementError):
        return ""
    return next((words for kind, words in REFUSALS.items() if isinstance(problem, kind)), "")


def attempt(call: Callable[[], object]) -> tuple[object, str, Exception | None]:
    """What a call returned, or the words of how it was refused."""
    try:
        return call(), "", None
    except _Undo:
        raise
    except Exception as problem:  # noqa: BLE001  whatever it is, it is the answer
        return None, refusal(problem), problem
