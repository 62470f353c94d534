"""Forms of the pages: what their handlers make of a click, without a server."""

from uuid import uuid4

import pytest

from contractflow.services.clients import ClientChoice
from contractflow.state.client import ClientState
from contractflow.state.clients import ClientsState
from contractflow.state.members import MembersState
from contractflow.state.new_document import NewDocumentState

FORMS = [
    (ClientsState, "add", {"is_adding": True}),
    (ClientState, "save_contact", {"dialog": "contact"}),
    (MembersState, "invite", {"dialog": "invite"}),
]


@pytest.mark.parametrize(
    ("page", "handler", "is_open"), FORMS, ids=lambda value: getattr(value, "__name__", value)
)
async def test_the_second_click_of_a_double_click_does_nothing(page, handler, is_open, monkeypatch):
    done = []

    async def submit(self, verb, *args, **kwargs):
        done.append(verb.__name__)
        return uuid4()

    monkeypatch.setattr(page, "_submit", submit)
    monkeypatch.setattr(page, "_address", lambda *_: str(uuid4()))
    state = page(_reflex_internal_init=True)
    for name, value in is_open.items():
        setattr(state, name, value)
    for _ in range(2):
        await getattr(page, handler).fn(state, {})
    assert len(done) == 1


@pytest.mark.parametrize(("known", "chosen"), [(["a"], "a"), (["a", "b"], ""), ([], "")])
async def test_the_client_that_is_shown_is_the_client_that_is_meant(known, chosen, monkeypatch):
    async def choices(self, verb):
        return [ClientChoice(value, value.upper(), "GBP") for value in known]

    monkeypatch.setattr(NewDocumentState, "_perform", choices)
    state = NewDocumentState(_reflex_internal_init=True)
    await NewDocumentState.load.fn(state)
    assert state.client_id == chosen
