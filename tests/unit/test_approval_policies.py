"""The rules of approval policies: what they read of a document, when they hold, and what is refused."""

from decimal import Decimal

import pytest

from contractflow.content import durations
from contractflow.content.blocks import Block
from contractflow.content.version import Content
from contractflow.services.approval_policies import fields, steps
from contractflow.services.approval_policies.fields import FIELDS, OPERATORS, Facts, Rule, Takes
from contractflow.services.approval_policies.steps import MODES, Count, Step

SOW = Facts("sow", 1_000_000, "EUR", Decimal(10), 12, is_lock_edited=False)
SILENT = Facts("nda", 0, "USD")

# fmt: off
HOLDS = (
    # rule                                              of the one  of the silent one
    (Rule("value", "at_least", "1000000", "EUR"),         True,  False),
    (Rule("value", "at_least", "1000001", "EUR"),         False, False),
    (Rule("value", "below", "1000001", "EUR"),            True,  False),
    (Rule("value", "below", "1000001", "USD"),            False, True),
    (Rule("currency", "is", "EUR"),                       True,  False),
    (Rule("currency", "is_not", "EUR"),                   False, True),
    (Rule("discount", "at_least", "10"),                  True,  False),
    (Rule("discount", "below", "10"),                     False, True),
    (Rule("term", "at_least", "12"),                      True,  False),
    (Rule("term", "below", "12"),                         False, False),
    (Rule("term", "unknown"),                             False, True),
    (Rule("kind", "is", "sow"),                           True,  False),
    (Rule("kind", "is_not", "sow"),                       False, True),
    (Rule("locked_clause", "edited"),                     False, False),
    (Rule("locked_clause", "untouched"),                  True,  True),
)
TERMS = (
    ("six months", 6), ("12 months", 12), ("a year", 12), ("half a year", 6), ("two-year term", 24), ("90 days", 3),
    ("December 2026 to April 2027", 5), ("1 December 2026 until 30 April 2027", 5), ("Jan – Mar 2027", 3),
    ("1.5 years", 18), ("18 months, then 2 years", 24), ("until it is done", None), ("", None), ("April 2027", None),
)
DISCOUNTS = (
    ({"discount": "15 %"}, "Text.", "15"), ({"launch_discount": "7,5"}, "", "7.5"), ({"discount": "some"}, "", "0"),
    ({}, "A discount of 20 % applies.", "20"), ({}, "We grant a 12.5% loyalty discount.", "12.5"),
    ({"discount": "5"}, "A 30 % rebate.", "30"), ({}, "20 % is paid at once.", "0"),
)
# fmt: on


def test_every_rule_there_can_be_is_in_the_table():
    assert {(rule.field, rule.operator) for rule, _, _ in HOLDS} == {
        (name, operator) for name, field in FIELDS.items() for operator in field.operators
    }


@pytest.mark.parametrize(("rule", "of_one", "of_silent"), HOLDS, ids=[fields.words(r) for r, _, _ in HOLDS])
def test_when_a_rule_holds(rule, of_one, of_silent):
    assert (fields.holds(rule, SOW), fields.holds(rule, SILENT)) == (of_one, of_silent)


@pytest.mark.parametrize("rule", [rule for rule, _, _ in HOLDS], ids=[fields.words(r) for r, _, _ in HOLDS])
def test_what_its_form_shows_is_saved_as_the_same_rule(rule):
    assert fields.check(fields.typed(rule), "rules.0") == rule
    assert Rule.from_json(rule.to_json()) == rule
    assert OPERATORS[rule.operator].words in fields.words(rule)
    assert fields.shown(rule, SILENT)
    assert (fields.takes(rule) is Takes.NOTHING) is not bool(rule.value)


@pytest.mark.parametrize(("said", "months"), TERMS)
def test_how_long_it_runs_is_read_from_how_people_write_it(said, months):
    assert durations.months(said) == months
    assert fields.term_of(Content("T", (), {"contract.term": said}), {}) == months
    assert fields.term_of(Content("T"), {"term": said}) == months


@pytest.mark.parametrize(("values", "text", "percent"), DISCOUNTS)
def test_the_largest_discount_counts(values, text, percent):
    assert fields.discount_of(Content("T", (Block("b", text),), values)) == Decimal(percent)


NAMES = {"a": "Ada", "b": "Bob"}
WORDS = (
    (Step("S", people=("a",)), "Ada"),
    (Step("S", roles=("owner",)), "The owner"),
    (Step("S", roles=("admin",)), "Any admin"),
    (Step("S", "any", 1, ("a",), ("owner",)), "The owner or Ada"),
    (Step("S", roles=("owner", "admin", "member")), "The owner, any admin or any member"),
    (Step("S", people=("a", "b")), "Ada or Bob"),
    (Step("S", "all", roles=("admin",)), "Every admin"),
    (Step("S", "all", 1, ("a",), ("owner", "admin")), "The owner, every admin and Ada"),
    (Step("S", "all", 1, ("a", "b", "gone")), "Ada, Bob and somebody who is gone"),
    (Step("S", "some", 1, (), ("owner",)), "The owner"),
    (Step("S", "some", 2, (), ("owner", "admin")), "At least 2 of the owner and the admins"),
    (Step("S", "some", 3, (), ("admin",)), "At least 3 of the admins"),
    (Step("S", "some", 2, ("a", "b"), ("admin",)), "At least 2 of the admins, Ada and Bob"),
)  # fmt: skip


@pytest.mark.parametrize(("step", "words"), WORDS, ids=[words for _, words in WORDS])
def test_a_step_in_words(step, words):
    assert steps.words(step, NAMES) == words
    assert Step.from_json(step.to_json()) == step


def test_a_step_is_met_blocked_or_waits_and_never_two_of_them():
    """All that an open step can be: it is blocked exactly when asking more people is the only way on."""
    for required in range(1, 5):
        for approved in range(5):
            for waiting in range(5):
                count = Count(approved, waiting, required)
                assert not (count.is_met and count.is_blocked)
                assert count.is_blocked is (count.missing > 0)
                assert count.is_met or count.is_blocked or count.waiting > 0
                assert not Count(approved, waiting + count.missing, required).is_blocked


def test_how_many_have_to_approve_is_never_nobody():
    for mode in MODES:
        for there in range(4):
            assert Step("S", mode, 2).required(there) >= 1
    assert Step("S", "all").required(3) == 3
