"""Forms of the pages: what their handlers make of a click, without a server."""

from uuid import uuid4

import pytest

from contractflow.errors import Invalid
from contractflow.services.clients import ClientChoice
from contractflow.state.client import ClientState
from contractflow.state.clients import ClientsState
from contractflow.state.comments import CommentsState
from contractflow.state.members import MembersState
from contractflow.state.new_document import NewDocumentState
from contractflow.state.portal_comments import PortalCommentsState

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


async def test_what_is_wrong_with_a_plan_is_said_until_it_is_another_one():
    state = NewDocumentState(_reflex_internal_init=True)
    await NewDocumentState.price.fn(state, "1,000.00")
    row = state.plan[0]
    wrong = {"title": "A", "total": "B", "payment_plan": "C", f"payment_plan.{row.key}": "D"}
    state.errors = wrong
    await NewDocumentState.change_row.fn(state, row.key, "amount", row.amount)
    await NewDocumentState.price.fn(state, "1,000.00")
    assert state.errors == wrong
    await NewDocumentState.change_row.fn(state, row.key, "label", "Deposit on signature")
    assert state.errors == {"title": "A"}


@pytest.mark.parametrize(
    ("page", "handler", "place"),
    [
        (CommentsState, "start", "b1"),
        (CommentsState, "reply", "0190aaaa-0000-7000-8000-000000000001"),
        (CommentsState, "edit", "0190aaaa-0000-7000-8000-000000000001"),
        (PortalCommentsState, "comment", "b1"),
        (PortalCommentsState, "answer", "0190aaaa-0000-7000-8000-000000000001"),
    ],
    ids=["start", "reply", "edit", "comment", "answer"],
)
async def test_the_field_of_a_comment_hears_whether_its_words_were_taken(page, handler, place, monkeypatch):
    answers = [Invalid("Write something first.", "body"), None]

    async def perform(self, verb, *args, **kwargs):
        if answer := answers.pop(0):
            raise answer

    monkeypatch.setattr(page, "_perform", perform)
    monkeypatch.setattr(page, "_perform_as_signer", perform)
    monkeypatch.setattr(page, "_address", lambda *_: str(uuid4()))
    state = page(_reflex_internal_init=True)
    state.replying = "here"
    said = {"text": "Yes", "picked": "a b", "shared": "on"}
    assert await getattr(page, handler).fn(state, place, "k1", said) is None
    assert (state.tried, state.sent, state.replying) == ("k1", "", "here")
    assert state.errors == {"body": "Write something first."}
    assert await getattr(page, handler).fn(state, place, "k1", said) is not None
    assert (state.tried, state.sent, state.replying, state.errors) == ("k1", "k1", "", {})
