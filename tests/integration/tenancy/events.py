"""Every event of every state by its name, over a raw socket: with ids of Northlight in its payload and in its address."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from reflex_base.registry import RegistrationContext

from contractflow.contractflow import app
from tests import cast
from tests.integration.tenancy.answers import Answer
from tests.integration.tenancy.arguments import WORDS, Arguments
from tests.integration.tenancy.door import WHO, someone
from tests.integration.tenancy.ledger import Ledger, told
from tests.integration.tenancy.world import World

Call = tuple[str, Any, dict[str, Any]]
"""An event's name, the function behind it, and the ids it is called with."""

AT_ONCE = 50  # a page may send sixty frames at once
SILENCE = 0.8  # seconds without a word after the last one

# fmt: off
HERS = {
    "audit:verify":       "reading the trail of her own organisation",
    "document:look":      "searching her own documents",
    "org:remove_logo":    "the logo is her organisation's",
    "template:stock":     "her own shelf gets the templates that ship with the product",
    "org:change_policy":  "its owner decides whether its documents need an approval; the form arrives without the box ticked",
    "session:end_others": "the sessions are her own",
}
"""All that Rita's events change: what an owner may do to her own organisation. Giving it up is not among it, for no
event names it exactly, and none of the people named belongs to it."""
# fmt: on


def handlers() -> dict[str, Any]:
    """The functions behind every event the product knows, ours and Reflex's, by full name."""
    with app.set_contexts():
        known = RegistrationContext.get().event_handlers
        return {
            name: one.handler.fn
            for name, one in sorted(known.items())
            if _is_products(one.states[0].__module__)
        }


def _is_products(module: str) -> bool:
    return module.startswith(("contractflow.", "reflex."))


def event(world: World, name: str, function: Any, ids: dict[str, Any]) -> dict[str, Any]:
    """What a browser would send; every part of it is the attacker's to choose."""
    made = Arguments(world, ids)
    payload = {key: _plain(value, ids) for key, value in made.of(function).items()}
    query = {word: str(value) for word, value in ids.items()}
    where = f"/documents/{ids['document_id']}"
    router = {
        "path": "/documents/[document_id]",
        "pathname": "/documents/[document_id]",
        "asPath": where,
        "query": query,
    }
    return {"name": name, "payload": payload, "router_data": router}


def _plain(value: Any, ids: dict[str, Any]) -> Any:
    if value == {}:  # a form: with every word that any form may ask for
        return {word: str(each) for word, each in (WORDS | ids).items()}
    return value if isinstance(value, (str, int, bool, float, list)) or value is None else str(value)


async def attack_events(world: World, ledger: Ledger, address: str) -> list[Answer]:
    before, secrets = ledger.digest(), ledger.secrets()
    own, done = ledger.people(cast.REDSHIFT), len(ledger.acts(cast.REDSHIFT))
    runs = await asyncio.gather(*(_as(who, world, ledger, address, secrets) for who in WHO))
    after = ledger.digest()
    changed = [f"{table} of Northlight changed" for table in before if before[table] != after[table]]
    changed += [f"{act} of Redshift" for act in ledger.acts(cast.REDSHIFT)[done:] if act not in HERS]
    if ledger.people(cast.REDSHIFT) != own:
        changed.append("Redshift is not Rita's any more")
    return [
        *(answer for run in runs for answer in run),
        Answer("all of them", "all of them", "nothing changed", changed),
    ]


async def _as(who: str, world: World, ledger: Ledger, address: str, secrets: set[str]) -> list[Answer]:
    """A few at a time over one socket, as many as a page may send."""
    calls = [(name, function, ids) for name, function in handlers().items() for ids in world.sets(name)]
    answers = {name: Answer(name, who, "nothing of theirs") for name, _, _ in calls}
    waiting = [calls[first : first + AT_ONCE] for first in range(0, len(calls), AT_ONCE)]
    while waiting:
        some = waiting.pop(0)
        heard = await _call(who, world, address, some)
        for name, _, _ in some:
            _judge(answers[name], heard, secrets, world)
        if who == "Rita" and len(some) > 1 and _is_over(heard):
            half = len(some) // 2
            waiting[:0] = [some[:half], some[half:]]
    return list(answers.values())


def _is_over(heard: list[Any]) -> bool:
    """Whether one of them ended the session: then each half of them is tried again, down to the one that did."""
    return any(words in str(heard) for words in ("/login", "any more"))


async def _call(who: str, world: World, address: str, calls: list[Call]) -> list[Any]:
    """What a tab of theirs hears when it calls all of these, from its first event to a silence after the last."""
    async with someone(who, world, address) as browser, browser.socket(token_hex(12)) as tab:
        await _hears(tab, "is_hydrated")
        for name, function, ids in calls:
            if not tab.is_cut.is_set():
                await tab.emit("event", event(world, name, function, ids), namespace="/_event")
        await _is_silent(tab)
        return list(tab.heard)


async def _is_silent(tab: Any) -> None:
    so_far, since = len(tab.heard), time.monotonic()
    while time.monotonic() - since < SILENCE and not tab.is_cut.is_set():
        await asyncio.sleep(0.05)
        if so_far < len(tab.heard):
            so_far, since = len(tab.heard), time.monotonic()


async def _hears(tab: Any, words: str) -> None:
    for _ in range(1000):
        if words in str(tab.heard) or tab.is_cut.is_set():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"no {words!r} in {str(tab.heard)[:500]}")


def _judge(answer: Answer, heard: list[Any], secrets: set[str], world: World) -> None:
    own = world.known_to_other if answer.whom == "another client" else set()
    named = [value for each in world.theirs.values() for value in each.values()]
    answer.wrong += [f"it tells {one}" for one in told(heard, secrets - own, named)]
    answer.said = "nothing of theirs"
    answer.heard |= set(_commands(heard))


def _commands(heard: Any) -> Iterator[str]:
    """The toasts and ways that a browser was told."""
    if isinstance(heard, dict):
        if heard.get("name") == "_cf_ui":
            arguments = heard["payload"]["args"]
            said = arguments.get("message") or arguments.get("path") or heard["payload"]["op"]
            yield re.sub(r"Reference \w+|next=\S+|[0-9a-f]{8}-[0-9a-f-]{27}", "…", str(said))
        for value in heard.values():
            yield from _commands(value)
    elif isinstance(heard, (list, tuple)):
        for value in heard:
            yield from _commands(value)
