"""Who somebody is, asked beside their session: the answer counts for the same person, place and session, once, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from contractflow.errors import Unavailable
from contractflow.permissions import Visitor
from contractflow.security.sessions import Session
from contractflow.services.sessions import Place
from contractflow.web import ahead, threads
from tests import cast
from tests.conftest import Database

MIA, ADAM, NORTH, SOUTH = cast.mia.user_id, cast.adam.user_id, cast.NORTHLIGHT, cast.REDSHIFT
FAMILY, OTHER = UUID(int=21), UUID(int=22)
VISITOR = Visitor(ip="192.0.2.1")


def session(who: UUID = MIA, org: UUID = NORTH, family: UUID = FAMILY) -> Session:
    made = object.__new__(Session)
    for name, value in {"who": str(who), "facts": {"org": str(org)}, "family": str(family)}.items():
        object.__setattr__(made, name, value)
    return made


@dataclass
class Asked:
    """The way to the real database, and what went it; `fault` cuts it."""

    asked: list[tuple[UUID, ...]]
    fault: Exception | None = None

    async def look(self, visitor: Visitor, verb: Any, *whose: UUID) -> Place | None:
        self.asked.append(whose)
        if self.fault:
            raise self.fault
        return await threads.look(visitor, verb, *whose)


@pytest.fixture
def way(database: Database, monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked([])
    monkeypatch.setattr(ahead, "look", made.look)
    monkeypatch.setattr(ahead, "_known", {})
    ahead._asked.set(None)
    return made


async def known(way: Asked, one: Session | None = None) -> None:
    """After an earlier event of the session."""
    await ahead.place(one or session(), VISITOR)
    way.asked.clear()


async def test_of_a_session_that_was_never_seen_nothing_is_asked_ahead(way: Asked) -> None:
    ahead.ask(str(FAMILY), VISITOR)
    await asyncio.sleep(0)
    assert way.asked == []
    assert await ahead.place(session(), VISITOR) is not None
    assert way.asked == [(MIA, NORTH, FAMILY)]


async def test_what_was_asked_ahead_is_not_asked_again_and_counts_for_one_event(way: Asked) -> None:
    await known(way)
    ahead.ask(str(FAMILY), VISITOR)
    found = await ahead.place(session(), VISITOR)
    assert found is not None
    assert found.user_name == "Mia Member"
    assert way.asked == [(MIA, NORTH, FAMILY)]
    await ahead.place(session(), VISITOR)
    assert way.asked == [(MIA, NORTH, FAMILY)] * 2, "the next event asks anew: a role may have changed"


@pytest.mark.parametrize(
    ("turned_out", "name"),
    [(session(org=SOUTH), None), (session(who=ADAM), "Adam Admin"), (session(family=OTHER), "Mia Member")],
    ids=["another organisation", "another person", "another session"],
)
async def test_an_answer_about_anything_else_is_worth_nothing(
    way: Asked, turned_out: Session, name: str | None
) -> None:
    await known(way)
    ahead.ask(str(FAMILY), VISITOR)
    found = await ahead.place(turned_out, VISITOR)
    assert (found and found.user_name) == name
    assert (UUID(turned_out.who), UUID(turned_out.facts["org"]), UUID(turned_out.family)) in way.asked


async def test_who_changes_organisation_is_known_there_from_then_on(way: Asked) -> None:
    await known(way)
    await known(way, session(org=SOUTH))
    ahead.ask(str(FAMILY), VISITOR)
    await ahead.place(session(org=SOUTH), VISITOR)
    assert way.asked == [(MIA, SOUTH, FAMILY)]


async def test_a_session_that_has_ended_leaves_its_answer_to_nobody(way: Asked) -> None:
    """The policy refuses before anybody comes for the answer; the next event of the same task finds none of it."""
    await known(way)
    ahead.ask(str(FAMILY), VISITOR)
    await asyncio.sleep(0)
    found = await ahead.place(session(who=ADAM, family=OTHER), VISITOR)
    assert found is not None
    assert found.user_name == "Adam Admin"
    assert ahead._asked.get() is None


async def test_a_fault_reaches_who_asks_and_disturbs_nobody_else(way: Asked) -> None:
    await known(way)
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    way.fault = Unavailable("away")
    ahead.ask(str(FAMILY), VISITOR)
    with pytest.raises(Unavailable):
        await ahead.place(session(), VISITOR)
    ahead.ask(str(FAMILY), VISITOR)  # nobody comes for this one
    await asyncio.sleep(0.01)
    ahead._asked.set(None)
    way.fault = None
    assert await ahead.place(session(), VISITOR) is not None
    assert complaints == []


async def test_it_remembers_so_many_and_forgets_the_oldest(
    way: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MOST_KNOWN", 3)
    for number in (1, 2, 3, 1, 4):
        await ahead.place(session(family=UUID(int=number)), VISITOR)
    assert list(ahead._known) == [str(UUID(int=number)) for number in (3, 1, 4)]
