"""Every public and every expensive verb has its row of limits, and every row a verb."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reflex_base.registry import RegistrationContext
from starlette.routing import Route

import contractflow.contractflow as product
from contractflow.api import routes
from contractflow.permissions import Permission as P
from contractflow.security import limited_verbs
from contractflow.security.limited_verbs import VERBS, Without, network
from contractflow.web.limiting import event_verb, route_verb
from contractflow.web.policy import PUBLIC, SIGNER, rule_of

ROOT = Path(product.__file__).parent
EXPENSIVE = {
    # what costs an AI's time, a mail to somebody, a PDF, an export, a proof, a provider's answer
    P.DOCUMENT_GENERATE, P.DOCUMENT_SEND, P.DOCUMENT_REMIND, P.DOCUMENT_EXTEND, P.MEMBER_INVITE, P.AUDIT_EXPORT,
    P.AUDIT_VERIFY, P.ORG_EXPORT_DATA, P.INVOICE_ISSUE, P.INVOICE_REMIND, P.PAYMENT_PROVIDER_CONNECT, P.PAYMENT_REFUND,
}  # fmt: skip
UNLIMITED = {"GET /api/health/live", "GET /api/health/ready"} | {
    "State.set_is_hydrated",
    "OnLoadInternalState.set_is_hydrated",
    "OnLoadInternalState.on_load_internal",
}


def handlers() -> dict[str, object]:
    """Verb → rule, of every handler that anybody may call."""
    with product.app.set_contexts():
        known = RegistrationContext.get().event_handlers
        ours = [name for name, one in known.items() if not one.states[0].__module__.startswith("tests")]
        return {event_verb(name): rule for name in ours if (rule := rule_of(name)) is not None}


def http() -> set[str]:
    found = set()
    for route in routes():
        assert isinstance(route, Route)
        found |= {route_verb(method, route.path) for method in route.methods or ()}
    return found


def test_every_route_has_a_row() -> None:
    assert http() - VERBS.keys() == set()


def test_every_public_handler_and_every_step_of_a_client_has_a_row() -> None:
    assert {verb for verb, rule in handlers().items() if rule in (PUBLIC, SIGNER)} - VERBS.keys() == set()


def test_every_expensive_handler_has_a_row() -> None:
    assert {verb for verb, rule in handlers().items() if rule in EXPENSIVE} - VERBS.keys() == set()


def test_every_row_is_of_a_verb_there_is() -> None:
    assert VERBS.keys() - http() - handlers().keys() == set()


def test_no_two_handlers_share_a_row_by_accident() -> None:
    with product.app.set_contexts():
        names = [
            name for name in RegistrationContext.get().event_handlers
            if rule_of(name) is not None and not name.startswith("tests")
        ]  # fmt: skip
    verbs = [event_verb(name) for name in names]
    assert sorted(verbs) == sorted(set(verbs))


@pytest.mark.parametrize("verb", VERBS)
def test_a_row_limits_something(verb: str) -> None:
    row = VERBS[verb]
    is_limited = bool(row.address or row.browser or row.person or row.org or row.own)
    assert is_limited != (verb in UNLIMITED)
    for rate in filter(None, (row.address, row.browser, row.person, row.org)):
        assert rate[0] > 0
        assert rate[1] > 0


@pytest.mark.parametrize("verb", [verb for verb, row in VERBS.items() if row.own])
def test_what_a_verb_says_it_charges_itself_it_charges(verb: str) -> None:
    above = "\n".join(
        p.read_text() for folder in ("api", "web", "state") for p in (ROOT / folder).glob("*.py")
    )
    above += (ROOT / "security" / "guessing.py").read_text()
    names = {id(value): name for name, value in vars(limited_verbs).items()}
    for limit in VERBS[verb].own:
        assert re.search(rf"\b{names[id(limit)]}\.of\(", above)


@pytest.mark.parametrize("verb", [v for v in VERBS if v.startswith("POST /auth/") or "code" in v.lower()])
def test_the_way_in_is_closed_rather_than_unlimited(verb: str) -> None:
    is_harmless = verb == "POST /auth/logout"
    assert (VERBS[verb].without is Without.PASS) is is_harmless


def test_a_network_is_one_subscriber() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") != network("2001:db8:1:3::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("") == ""
    assert network("not an address") == "not an address"


def test_every_address_is_counted_by_its_network() -> None:
    """An IPv6 subscriber has more addresses than any limit."""
    bare = re.compile(r"\.of\(visitor\.ip\)")
    assert not [path.name for path in ROOT.rglob("*.py") if bare.search(path.read_text("utf-8"))]
