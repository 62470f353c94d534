"""Every verb of contractflow.services, called as people whose business it is not."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from sqlalchemy import event

from contractflow import services
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Actor, PlatformAdmin, Signer, System, Visitor
from contractflow.services.drafts import Beat
from tests import cast
from tests.integration.tenancy.answers import Answer, attempt, flushed, undone
from tests.integration.tenancy.arguments import Arguments
from tests.integration.tenancy.known import BY_HAND, CLIENTS_SEE, LEFT_TO_OTHERS, ONES_OWN, WORKERS_OWN
from tests.integration.tenancy.ledger import Ledger, told
from tests.integration.tenancy.world import World

Verb = Callable[..., Any]
NOTHING = (None, False, 0, "", [], {}, (), Beat.LOST)
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Attacker:
    name: str
    actor: Actor
    role: DbRole = DbRole.APP

    @property
    def is_client(self) -> bool:
        """Who has a document to write to."""
        return isinstance(self.actor, Signer)


def attackers(world: World) -> tuple[Attacker, ...]:
    return (
        Attacker("Rita", cast.rita),
        Attacker("Rita's worker", System(cast.REDSHIFT, "worker"), DbRole.WORKER),
        Attacker("another client", world.other),
        Attacker("nobody", Visitor()),
    )


VICTOR = Attacker("Victor", cast.victor)


def rightful(world: World) -> tuple[Attacker, ...]:
    """Those who may: with the same arguments, at least one of them is told more than that it does not exist."""
    return (
        Attacker("Olivia", cast.olivia),
        Attacker("Adam, who approves", cast.adam),
        Attacker("Clara", world.clara),
        Attacker("the worker", System(cast.NORTHLIGHT, "worker"), DbRole.WORKER),
        Attacker("the scheduler", Visitor(), DbRole.WORKER),
        Attacker("the platform", PlatformAdmin(cast.adam.user_id, cast.NORTHLIGHT, "Adam")),
    )


def verbs() -> dict[str, Verb]:
    """Every public function of the services that works in a unit of work, by module and name."""
    return {
        f"{module.__name__.removeprefix('contractflow.services.')}.{name}": function
        for found in walk_packages(services.__path__, "contractflow.services.")
        for module in [import_module(found.name)] for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "work"
    }  # fmt: skip


@dataclass
class Call:
    """One way to call a verb: with which arguments, which ids they name, which rows of Northlight they are."""

    name: str
    verb: Verb
    given: dict[str, Any]
    ids: dict[str, Any]
    rows: list[str]


def ready(world: World, name: str, verb: Verb, ids: dict[str, Any]) -> Call:
    """The call of a verb with one set of ids. Raises CannotCall for a parameter that nobody has said anything about."""
    made = Arguments(world, ids)
    by_hand = dict(BY_HAND.get(name, {}))
    for parameter, value in by_hand.items():
        if isinstance(value, str) and value in ids:
            by_hand[parameter] = made.used[parameter] = ids[value]
        elif parameter == "row":
            by_hand[parameter] = made.row(value)
    return Call(name, verb, {**made.of(verb, but=frozenset(by_hand)), **by_hand}, made.used, made.rows)


@dataclass(frozen=True)
class Outcome:
    """What a call came to: in a word, in full, how many statements it ran, which tables of Northlight it changed."""

    said: str
    words: str
    statements: int
    changed: tuple[str, ...] = ()
    fault: str = ""

    @property
    def likeness(self) -> tuple[object, ...]:
        """What an outsider can see of it, ids apart: the same for what exists and for what does not."""
        return self.said, AN_ID.sub("…", self.words), self.statements


def made_by(who: Attacker, call: Call, ledger: Ledger, before: dict[str, str]) -> Outcome:
    with undone(who.actor, who.role) as work:
        counter = Counter(work)
        value, refused, problem = attempt(partial(_complete, work, call))
        statements = counter.stop()
        if problem is not None:
            return Outcome(refused, str(problem), statements, fault="" if refused else repr(problem)[:300])
        after = ledger.digest_inside(work.db.connection(), but_others=who.is_client)
        changed = tuple(table for table in before if before[table] != after[table])
        said = "nothing" if any(value is none or value == none for none in NOTHING) else "only their own"
        return Outcome(said, repr(value), statements, changed)
    raise AssertionError("a unit of work ends by itself")


def _complete(work: UnitOfWork, call: Call) -> object:
    value = call.verb(work, **call.given)
    flushed(work)
    return value


class Counter:
    """How many statements a transaction runs: asking for what exists must cost what asking for nothing does."""

    def __init__(self, work: UnitOfWork) -> None:
        self.number, self._on = 0, work.db.connection()
        event.listen(self._on, "before_cursor_execute", self._count)

    def stop(self) -> int:
        event.remove(self._on, "before_cursor_execute", self._count)
        return self.number

    def _count(self, *_: object) -> None:
        self.number += 1


def attack_verbs(world: World, ledger: Ledger, only: dict[str, Verb] | None = None) -> list[Answer]:
    secrets = ledger.secrets()
    before = {who.name: ledger.digest(but_others=who.is_client) for who in (*attackers(world), VICTOR)}
    answers = []
    for name, verb in (only or verbs()).items():
        calls = [ready(world, name, verb, ids) for ids in world.sets(name)]
        calls = calls if calls[0].ids and not calls[0].rows else calls[:1]
        answers += [
            _outsider(world, who, calls, ledger, before[who.name], secrets) for who in attackers(world)
        ]
        if not calls[0].rows and name not in {*WORKERS_OWN, *ONES_OWN}:
            answers.append(_victor(calls, ledger, before["Victor"]))
    return answers


def _outsider(
    world: World, who: Attacker, calls: list[Call], ledger: Ledger, before: dict[str, str], secrets: set[str]
) -> Answer:
    name = calls[0].name
    outcomes = [made_by(who, call, ledger, before) for call in calls]
    handed_rows = bool(calls[0].rows)
    otherwise = "fails" if handed_rows else "a fault"
    answer = Answer(name, who.name, " or ".join(sorted({outcome.said or otherwise for outcome in outcomes})))
    if name in LEFT_TO_OTHERS:
        answer.said = LEFT_TO_OTHERS[name]
        return answer
    if who.is_client and name in CLIENTS_SEE:
        answer.said = CLIENTS_SEE[name]
        return answer
    for call, outcome in zip(calls, outcomes, strict=True):
        answer.wrong += [f"{table} of Northlight changed" for table in outcome.changed]
        if not handed_rows:
            answer.wrong += [outcome.fault] if outcome.fault else []
            answer.wrong += [
                f"it tells {each}"
                for each in told(outcome.words, secrets - _own_ids(world, who), call.ids.values())
            ]
    if calls[0].ids and not handed_rows:
        nowhere = ready(world, name, calls[0].verb, world.nowhere(world.sets()[0]))
        empty = made_by(who, nowhere, ledger, before)
        answer.wrong += [
            f"it tells what exists: {outcome.likeness} is not {empty.likeness}"
            for outcome in outcomes if outcome.likeness != empty.likeness
        ]  # fmt: skip
    return answer


def _own_ids(world: World, who: Attacker) -> set[str]:
    """What a client may know: his own document, and what it is made of."""
    return world.known_to_other if who.actor is world.other else set()


def _victor(calls: list[Call], ledger: Ledger, before: dict[str, str]) -> Answer:
    outcomes = [made_by(VICTOR, call, ledger, before) for call in calls]
    words = {
        replace(o, said="reads" if o.said == "only their own" else o.said).said or "a fault" for o in outcomes
    }
    answer = Answer(calls[0].name, "Victor", " or ".join(sorted(words)))
    if calls[0].name in LEFT_TO_OTHERS:
        answer.said = LEFT_TO_OTHERS[calls[0].name]
        return answer
    answer.wrong += [f"{table} changed" for outcome in outcomes for table in outcome.changed]
    return answer


def reached_by_the_rightful(world: World, ledger: Ledger, name: str, verb: Verb) -> bool:
    """Whether somebody who may is told more than that it does not exist: the arguments are right, so it was the wall."""
    calls = [ready(world, name, verb, ids) for ids in world.sets(name)]
    return any(
        made_by(who, call, ledger, {}).said not in ("does not exist", "not allowed", "permission denied")
        for who in rightful(world) for call in calls
    )  # fmt: skip
