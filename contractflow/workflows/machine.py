"""A state machine is a table. This is the only code that reads the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from contractflow.errors import AppError, IllegalMove, NotAllowed
from contractflow.permissions import Actor, Member, Permission, require

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Guard:
    """A fact about the subject that must hold, and what to say when it does not."""

    holds: Callable[[Any], bool]
    otherwise: str


@dataclass(frozen=True)
class Move(Generic[S]):
    """One row: from `source`, `verb` leads to `target`; `who` is a permission (of members) or kinds of actor."""

    verb: str
    source: S | tuple[S, ...]
    target: S
    who: Permission | type | tuple[type, ...]
    only_if: tuple[Guard, ...] = ()

    @property
    def sources(self) -> tuple[S, ...]:
        return self.source if isinstance(self.source, tuple) else (self.source,)


@dataclass(frozen=True)
class Workflow(Generic[S]):
    """The moves of one column of one table.

    `subject` of the methods below is anything with that column as an attribute, the facts its guards ask
    for, and `is_own(actor)`, which says whether the thing belongs to the member who acts.
    """

    name: str
    table: str
    column: str
    noun: str
    initial: S
    moves: Sequence[Move[S]]

    def next(self, subject: Any, verb: str, actor: Actor) -> S:
        """The state `subject` enters when `actor` does `verb`. Raises IllegalMove or NotAllowed."""
        move = self._find(subject, verb)
        _check_who(move, subject, actor)
        for guard in move.only_if:
            if not guard.holds(subject):
                raise IllegalMove(guard.otherwise)
        return move.target

    def permission(self, subject: Any, verb: str) -> Permission | None:
        """What `verb` asks of a member; None when it is not for members."""
        who = self._find(subject, verb).who
        return who if isinstance(who, Permission) else None

    def verbs(self, subject: Any, actor: Actor) -> list[str]:
        """What `actor` could do next. Pages draw a button for each, and for nothing else."""
        return [move.verb for move in self._open_to(subject) if self._allows(subject, move.verb, actor)]

    def refusal(self, subject: Any, verb: str, actor: Actor) -> str:
        """Why `verb` would be refused now, in words for the person; empty when it would succeed."""
        try:
            self.next(subject, verb, actor)
        except AppError as refusal:
            return refusal.message
        return ""

    def edges(self) -> Iterable[tuple[str, str, str]]:
        """Every legal (machine, from, to), as the database's second line of defence holds them."""
        return sorted(
            {(self.name, str(s), str(m.target)) for m in self.moves for s in m.sources if s != m.target}
        )

    def mermaid(self) -> str:
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {source} --> {move.target}: {move.verb}" for move in self.moves for source in move.sources
        ]
        return "\n".join(lines)

    def _open_to(self, subject: Any) -> list[Move[S]]:
        return [move for move in self.moves if getattr(subject, self.column) in move.sources]

    def _allows(self, subject: Any, verb: str, actor: Actor) -> bool:
        return not self.refusal(subject, verb, actor)

    def _find(self, subject: Any, verb: str) -> Move[S]:
        if verb not in {move.verb for move in self.moves}:
            raise LookupError(f"{self.name} has no move called {verb!r}")
        for move in self._open_to(subject):
            if move.verb == verb:
                return move
        current = str(getattr(subject, self.column)).replace("_", " ")
        raise IllegalMove(f"This {self.noun} is “{current}” now, so that is no longer possible.")


def _check_who(move: Move[Any], subject: Any, actor: Actor) -> None:
    """A permission in the table is for members; the other rows name the kinds of actor."""
    if isinstance(move.who, Permission):
        if not isinstance(actor, Member):
            raise NotAllowed("That is not yours to do.")
        require(actor, move.who, own=subject.is_own(actor))
    elif not isinstance(actor, move.who):
        raise NotAllowed("That is not yours to do.")
