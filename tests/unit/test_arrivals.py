"""Every handler says what its arguments are, and only that may come; frames have an allowance."""

from __future__ import annotations

from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from contractflow.contractflow import app
from contractflow.web import arrivals, frames
from contractflow.web.arrivals import FORM, check_of
from contractflow.web.frames import OF_A_PAGE, Allowance, Known, Register
from contractflow.web.policy import rule_of


def test_the_arguments_of_every_handler_can_be_checked() -> None:
    with app.set_contexts():
        names = [name for name in RegistrationContext.get().event_handlers if rule_of(name) is not None]
        assert len(names) > 50
        for name in names:
            arrivals._expected(name)


@pytest.mark.parametrize(("hint", "right", "wrong"), [
    (str,             ["", "x", "é"],                        [None, 1, True, [], {}, "x" * 500_001]),
    (int,             [0, -1, 2**40],                        [None, "1", True, 1.5, 2**60, []]),
    (float,           [0, 1.5],                              [None, "1", True, float("inf"), float("nan"), 1e300]),
    (bool,            [True, False],                         [None, 0, 1, "true"]),
    (list[str],       [[], ["x"]],                           [None, "x", [1], [["x"]], ["x"] * 1001]),
    (dict[str, str],  [{}, {"a": "b", "c": True, "d": None}, {FORM: [["a", "b"]]}],
                      [None, "x", [], {"a": []}, {"a": {}}, {FORM: "x"}, {FORM: [["a"]]}, {FORM: [[1, "x"]]}, {FORM: [["a", []]]}]),
    (str | None,      [None, "x"],                           [1, []]),
])  # fmt: skip
def test_what_may_come_for_an_argument(hint: Any, right: list[Any], wrong: list[Any]) -> None:
    check = check_of(hint)
    assert all(check(value) for value in right)
    assert not any(check(value) for value in wrong)


@pytest.mark.parametrize("hint", [None, object, dict, list, Any, dict[int, str], list[dict[str, str]]])
def test_an_argument_that_says_nothing_is_a_mistake_of_ours(hint: Any) -> None:
    with pytest.raises(TypeError):
        check_of(hint)


@pytest.mark.parametrize("frame", ["1", "3", '40/_event,{"event":{}}', "40/_event,", "41/_event,", '42/_event,["event",{}]',
                                   '42/_event,17["event",{}]', '42/_event,["client_error",{}]'])  # fmt: skip
def test_frames_of_a_page(frame: str) -> None:
    assert OF_A_PAGE.match(frame)


@pytest.mark.parametrize("frame", ["", "0", "2", "2probe", "33", "40", "40{}", '42["event"]', '42/_event,["connect",{}]', '42/_event,[ "event"]',
                                   '42/_event,["events"]', '42/_evil,["event"]', "43/_event,1[]", '45/_event,1-["event"]'])  # fmt: skip
def test_frames_of_nobody(frame: str) -> None:
    assert not OF_A_PAGE.match(frame)


def test_an_allowance_runs_out_and_comes_back() -> None:
    some = Allowance(at_once=2, a_second=1)
    now = some.read_at
    assert [some.take(now) for _ in range(3)] == [True, True, False]
    assert some.take(now + 1)
    assert not some.take(now + 1)
    assert [some.take(now + 100) for _ in range(3)] == [True, True, False]


def test_an_address_may_offend_now_and_then_and_a_browser_never(monkeypatch: pytest.MonkeyPatch) -> None:
    browser, address = frames.of_browser(), frames.of_address()
    now = browser.offences.read_at
    for known in (browser, address):
        known.offended(now)
    assert not browser.lets_in(now)
    assert address.lets_in(now)
    for _ in range(3):
        address.offended(now)
    assert not address.lets_in(now)
    assert browser.lets_in(now + frames.PENALTY)
    assert address.lets_in(now + frames.PENALTY)


def test_a_register_forgets_who_was_silent_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_HELD", 2)
    register = Register(frames.of_browser)
    ann: Known = register["ann"]
    register["bob"]
    assert register["ann"] is ann
    register["cy"]
    assert register["ann"] is ann
    register["bob"]  # was forgotten, so it is new and drives out cy
    assert register["ann"] is ann
