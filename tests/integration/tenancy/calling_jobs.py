"""Every job, in the name of one organisation with the ids of another."""

from __future__ import annotations

import asyncio
import inspect
from functools import partial
from importlib import import_module

from contractflow.broker.connections import close_async
from contractflow.broker.queue import JOBS, LANES
from tests import cast
from tests.integration.tenancy.answers import Answer, attempt
from tests.integration.tenancy.arguments import ALIASES
from tests.integration.tenancy.ledger import Ledger
from tests.integration.tenancy.world import World

# fmt: off
WITHOUT_AN_ORGANISATION = {
    "payments.process_webhook": "takes the id of an event; its organisation is the provider's word",
    "payments.reconcile":       "takes nothing",
    "outgoing.forget":          "takes nothing: what is older than thirty days, in every organisation",
}
# fmt: on


def job(name: str):
    module, _, function = name.partition(".")
    return getattr(import_module(JOBS + module), function)


def attack_jobs(world: World, ledger: Ledger) -> list[Answer]:
    return [_attack(world, ledger, name) for name in LANES]


def _attack(world: World, ledger: Ledger, name: str) -> Answer:
    answer = Answer(name, "Rita's worker", "nothing")
    if name in WITHOUT_AN_ORGANISATION:
        answer.said = WITHOUT_AN_ORGANISATION[name]
        return answer
    before = ledger.digest()
    for ids in world.sets():
        taken = [each for each in inspect.signature(job(name)).parameters if each != "org_id"]
        given = {each: str(ids[ALIASES.get(each, each)]) for each in taken}
        _, refused, problem = attempt(partial(run, job(name), org_id=str(cast.REDSHIFT), **given))
        answer.said = refused or answer.said
        answer.wrong += [repr(problem)] if problem is not None and not refused else []
    after = ledger.digest()
    answer.wrong += [f"{table} of Northlight changed" for table in before if before[table] != after[table]]
    return answer


def run(function, **given):
    if not inspect.iscoroutinefunction(function):
        return function(**given)

    async def whole():
        try:
            return await function(**given)
        finally:
            await close_async()

    return asyncio.run(whole())
