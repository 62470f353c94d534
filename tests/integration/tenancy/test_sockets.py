"""Every event of every state, by name over a raw socket, as Rita, a client of another document, and nobody."""

from __future__ import annotations

from tests.integration.tenancy.events import event, handlers


def test_there_is_a_way_to_call_every_event(world):
    calls = [event(world, name, function, world.sets()[0]) for name, function in handlers().items()]
    assert len(calls) > 100


def test_no_event_changes_or_tells_anything_of_another_organisation(events):
    assert [str(answer) for answer in events if answer.wrong] == []
    assert {answer.target for answer in events} >= set(handlers())


def test_rita_was_signed_in_and_what_is_not_hers_did_not_exist(events):
    """Not “not allowed”: that would say that there is something."""
    heard = set().union(*(answer.heard for answer in events if answer.whom == "Rita"))
    assert "That document does not exist." in heard
    assert {answer.said for answer in events if answer.whom == "Rita"} == {"nothing of theirs"}


def test_whoever_is_not_signed_in_is_led_to_the_door(events):
    heard = set().union(*(answer.heard for answer in events if answer.whom == "nobody"))
    assert {each.split("?")[0] for each in heard if each.startswith("/")} >= {"/login", "/portal/closed"}
