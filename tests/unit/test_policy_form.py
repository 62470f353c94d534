"""Writing an approval policy: rows come, change and go in the page's state, whatever a browser sends; one save takes all."""

import pytest

from contractflow.errors import Invalid
from contractflow.services.approval_policies import PolicyPage, Rule, Step
from contractflow.state.approval_policy import ApprovalPolicyState as State


@pytest.fixture
def state(monkeypatch):
    made = State(_reflex_internal_init=True)
    made.page = PolicyPage(currency="GBP")
    made.rules, made.steps = [Rule("value", "at_least", "100", "EUR")], [Step("First", roles=("owner",))]
    return made


async def do(state, handler, *args):
    return await getattr(State, handler).fn(state, *args)


async def test_rules_come_change_and_go(state):
    await do(state, "add_rule")
    assert state.rules[1] == Rule("value", "at_least", "", "GBP")
    await do(state, "change_rule", 1, "field", "term")
    assert state.rules[1] == Rule("term", "at_least", "", "GBP")
    await do(state, "change_rule", 1, "value", "12")
    await do(state, "remove_rule", 0)
    assert [(rule.field, rule.value) for rule in state.rules] == [("term", "12")]


async def test_steps_come_change_move_and_go(state):
    await do(state, "add_step")
    await do(state, "change_step", 1, "mode", "some")
    await do(state, "change_step", 1, "count", "2")
    for who in ("admin", "some-membership", "other", "other"):
        await do(state, "toggle", 1, who)
    assert state.steps[1] == Step("Step 2", "some", 2, ("some-membership",), ("admin",))
    await do(state, "move_step", 1, True)
    assert [step.name for step in state.steps] == ["Step 2", "First"]
    await do(state, "move_step", 0, True)
    await do(state, "remove_step", 1)
    assert [step.name for step in state.steps] == ["Step 2"]


HOSTILE = (
    ("change_rule", (-1, "value", "1")), ("change_rule", (9, "value", "1")), ("change_rule", (0, "to_json", "1")),
    ("change_rule", ("0", "value", "1")), ("remove_rule", (-1,)), ("change_step", (5, "name", "x")),
    ("change_step", (0, "people", "x")), ("toggle", (7, "owner")), ("move_step", (0, False)), ("remove_step", (None,)),
)  # fmt: skip


@pytest.mark.parametrize(("handler", "args"), HOSTILE, ids=[f"{n}-{h}" for n, (h, _) in enumerate(HOSTILE)])
async def test_what_no_page_sends_changes_nothing(state, handler, args):
    before = list(state.rules), list(state.steps)
    await do(state, handler, *args)
    assert (list(state.rules), list(state.steps)) == before


async def test_a_refused_save_says_where_and_keeps_what_was_written(state, monkeypatch):
    async def perform(self, verb, known, typed, seen):
        assert (known, typed.name, typed.remind_first, len(typed.rules)) == (None, "Large", "2", 1)
        raise Invalid("Choose the currency of the amount.", "rules.0")

    monkeypatch.setattr(State, "_perform", perform)
    form = {"name": "Large", "remind_first": "2", "remind_again": "", "escalate_after": "7"}
    assert await do(state, "save", form) is None
    assert state.errors == {"rules.0": "Choose the currency of the amount."}
    assert len(state.rules) == len(state.steps) == 1


async def test_a_new_policy_begins_with_the_owner_and_the_admins(monkeypatch):
    async def perform(self, verb, known):
        return PolicyPage(currency="EUR")

    state = State(_reflex_internal_init=True)
    monkeypatch.setattr(State, "_perform", perform)
    monkeypatch.setattr(State, "_address", lambda *_: "new")
    await do(state, "load")
    assert [(step.name, step.roles) for step in state.steps] == [("Approval", ("owner", "admin"))]
    assert state.is_loaded
    assert not state.is_missing
