"""Whatever comes for whatever handler: no fault of ours, and what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractflow.security import limited_verbs
from contractflow.web import limiting
from tests.integration.hostile import stage
from tests.integration.hostile.inputs import TEXTS, anything, numbers, profile, texts
from tests.integration.hostile.stage import Handler, Stage, Tab

pytestmark = pytest.mark.timeout(240)

COUNTS_A_TRY = {"check_code"}
"""A wrong code is refused and has to be remembered."""


@pytest.fixture
def scene(database, redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(limited_verbs, "VERBS", {})
    monkeypatch.setattr(limiting, "VERBS", {})  # so many events a minute nobody else sends
    monkeypatch.setattr(limiting, "UNKNOWN", limited_verbs.Row())
    with database.admin() as admin:
        yield Stage(stage.build(), admin)


async def judge(
    scene: Stage, tab: Tab, handler: Handler, payload: dict[str, Any], query: dict[str, str]
) -> str:
    """What is wrong with how an event was answered; empty when nothing is."""
    answer = await tab.send(handler.name, payload, query)
    short = f"{handler.name.rpartition('____')[2]}({str(payload)[:200]!a}) at {str(query)[:100]!a}"
    if answer.is_fault:
        return f"a fault of ours: {short}"
    changed = scene.changed()
    if changed and answer.is_refused and handler.verb.__name__ not in COUNTS_A_TRY:
        return f"refused, but {changed} changed: {short}"
    return ""


async def test_every_handler_with_every_kind_of_text(scene: Stage) -> None:
    """One text at a time, in one argument or one field of a form, all others being right; each text comes often."""
    people, text, wrong, did = await stage.tabs(scene.ids), cycle(TEXTS), [], 0
    for handler in stage.handlers():
        for place in handler.places * (2 if "." in handler.places[0] else 3):
            if "." in place:
                await _open_dialogs(people[handler.whose], scene)
            payload = handler.payload(scene.ids, place, next(text))
            wrong.append(await judge(scene, people[handler.whose], handler, payload, scene.ids.query))
            did += not wrong[-1]
    assert [problem for problem in wrong if problem] == []
    assert did > 200


async def test_a_fault_of_ours_would_be_noticed(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("contractflow.services.home.page", breaks)
    people = await stage.tabs(scene.ids)
    (load,) = [one for one in stage.handlers() if one.name.endswith("home_state.load")]
    assert (await judge(scene, people["the owner"], load, {}, {})).startswith("a fault of ours")


async def test_every_page_at_every_address(scene: Stage) -> None:
    """What stands in the address bar is typed by somebody as well."""
    people, texts_in_turn, wrong = await stage.tabs(scene.ids), cycle(TEXTS), []
    names = (
        "q",
        "status",
        "again",
        "next",
        "reason",
        "client",
        "from",
        "token",
        "code",
        "document_id",
        "invoice_id",
        "client_id",
    )
    for handler in [one for one in stage.handlers() if not one.hints]:
        for _ in range(2):
            query = {name: next(texts_in_turn) for name in names}
            wrong.append(await judge(scene, people[handler.whose], handler, {}, query))
    assert [problem for problem in wrong if problem] == []


async def test_whatever_comes(scene: Stage) -> None:
    """Handlers, arguments and people by chance."""
    people, known, wrong = await stage.tabs(scene.ids), stage.handlers(), []

    cases: list[tuple[Handler, str, dict[str, Any], dict[str, str]]] = []

    @profile
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        handler = data.draw(st.sampled_from(known))
        payload = {name: data.draw(_for(hint, handler)) for name, hint in handler.hints.items()}
        query = scene.ids.query | data.draw(
            st.dictionaries(st.sampled_from(["q", "status", "document_id"]), texts, max_size=2)
        )
        cases.append((handler, data.draw(st.sampled_from(sorted(people))), payload, query))

    draw()
    for handler, who, payload, query in cases:
        wrong.append(await judge(scene, people[who], handler, payload, query))
    assert [problem for problem in wrong if problem] == []


async def _open_dialogs(tab: Tab, scene: Stage) -> None:
    """Forms take nothing while their dialog is closed: the second click of a double click."""
    for handler in stage.handlers():
        if handler.verb.__name__ == "show_form" and handler.whose == "the owner":
            await tab.send(handler.name, {"is_open": True}, scene.ids.query)


def _for(hint: Any, handler: Handler) -> st.SearchStrategy[Any]:
    """Mostly of the right type."""
    words = str(hint)
    right: st.SearchStrategy[Any] = texts
    if hint is bool:
        right = st.booleans()
    elif hint in (int, float):
        right = numbers
    elif words.startswith("list"):
        right = st.lists(texts, max_size=5)
    elif words.startswith("dict"):
        right = st.dictionaries(st.sampled_from(handler.fields or ["x"]), texts, max_size=12)
    return st.one_of(right, right, right, anything)
