"""Somebody's place in their organisation is asked for beside their session instead of after it: two servers at once.

Whose a session is was known at its last event. What the database says is as new as it would be otherwise, and counts
only when the session turns out to live and to be of the same person in the same organisation.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from contractflow.permissions import Visitor
from contractflow.security.sessions import Session
from contractflow.services import sessions
from contractflow.services.sessions import Place
from contractflow.web.threads import look

Whose = tuple[UUID, UUID, UUID]
"""User, organisation, family."""

MOST_KNOWN: Final = 20_000

_known: dict[str, Whose] = {}
_asked: ContextVar[tuple[Whose, asyncio.Task[Place | None]] | None] = ContextVar("asked", default=None)


def ask(family: str, visitor: Visitor) -> None:
    """Begin to ask, for the event that is being handled, when it is known whose `family` is."""
    if whose := _known.get(family):
        task = asyncio.create_task(look(visitor, sessions.place, *whose))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may come for it
        _asked.set((whose, task))


async def place(session: Session, visitor: Visitor) -> Place | None:
    """What the person of a living session is in its organisation now: what was asked ahead, once, or asked here."""
    whose = UUID(session.who), UUID(session.facts["org"]), UUID(session.family)
    _remember(session.family, whose)
    asked = _asked.get()
    _asked.set(None)
    if asked and asked[0] == whose:
        return await asked[1]
    return await look(visitor, sessions.place, *whose)


def _remember(family: str, whose: Whose) -> None:
    _known.pop(family, None)
    _known[family] = whose
    while len(_known) > MOST_KNOWN:
        del _known[next(iter(_known))]
