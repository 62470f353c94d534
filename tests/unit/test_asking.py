"""Nobody is let in unasked: every handler, every route and every verb of a service says who may, and they agree."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module

import pytest
from reflex_base.registry import RegistrationContext
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import contractflow.contractflow as product
from contractflow.api import routes
from contractflow.permissions import GRANTS, Permission, Role
from contractflow.web.admission import admits, declared, rules_of, undeclared
from contractflow.web.limiting import event_verb
from contractflow.web.policy import (
    ENROLLING,
    PLATFORM_ADMIN,
    PUBLIC,
    SIGNED_IN,
    SIGNER,
    Rule,
    policy,
    rule_of,
    without_policy,
)
from tests import asking
from tests.unit.test_house_rules import ASKS_NOBODY

P = Permission
ABOVE = ("state", "jobs", "api", "web", "ops", "pages", "components")

# Handlers that ask for more than the verbs they call, and why that is right.
STRICTER = {
    "NewDocumentState.load": "reads the clients, for whom a document is to be made",
}
# Verbs of which a handler needs no permission because they are about the one who calls: one's own sessions and account.
ONESELF = (
    "contractflow.services.sessions.",
    "contractflow.services.identity.",
    "contractflow.services.factors.",
)


def handlers() -> dict[str, tuple[Rule | Permission, set[str]]]:
    """Handler → its rule, and the verbs it calls."""
    found = {}
    with product.app.set_contexts():
        for name, known in RegistrationContext.get().event_handlers.items():
            module = known.states[0].__module__
            if module.startswith("contractflow.") and not name.endswith(".setvar"):
                found[event_verb(name)] = rule_of(name), verbs_of(known.handler.fn, known.states[0])
    return dict(sorted(found.items()))


def verbs_of(function: object, state: type | None = None) -> set[str]:
    """Also through the helpers of its own class."""
    function = inspect.unwrap(function)  # type: ignore[arg-type]
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = asking.called_in(tree, vars(import_module(function.__module__)))
    for part in ast.walk(tree):
        if (
            isinstance(part, ast.Attribute)
            and ast.unparse(part.value) == "self"
            and part.attr.startswith("_")
        ):
            helper = getattr(state, part.attr, None)
            if (
                inspect.isfunction(helper)
                and helper is not function
                and "state.base" not in helper.__module__
            ):
                found |= verbs_of(helper, None)
    return found


HANDLERS = handlers()


def short(names: set[str]) -> list[str]:
    return sorted(name.removeprefix("contractflow.services.") for name in names)


def test_there_is_something_to_look_at():
    assert len(HANDLERS) > 100
    assert HANDLERS["ReviewState.send"] == (P.DOCUMENT_SEND, {"contractflow.services.documents.sending.send"})
    assert "contractflow.services.audit.verifying.begin" in HANDLERS["AuditLogState.verify"][1], (
        "through web.proving"
    )
    assert asking.of("contractflow.services.clients.adding.add").permissions == {P.CLIENT_WRITE}
    assert P.MEMBER_CHANGE_ROLE in asking.of("contractflow.services.members.roles.change_role").permissions
    assert sum(bool(verbs) for _, verbs in HANDLERS.values()) > 60


def test_every_handler_says_who_may():
    with product.app.set_contexts():
        assert without_policy() == []
    assert [name for name, (rule, _) in HANDLERS.items() if rule is None] == []


@pytest.mark.parametrize(
    "name", [n for n, (rule, verbs) in HANDLERS.items() if isinstance(rule, Permission) and verbs]
)
def test_a_handler_declares_what_its_service_asks(name):
    rule, verbs = HANDLERS[name]
    asked = {permission for verb in verbs for permission in asking.of(verb).permissions}
    assert asked, f"{short(verbs)} ask for no permission"
    assert (rule in asked) is (name not in STRICTER), f"declares {rule}, its services ask {sorted(asked)}"


@pytest.mark.parametrize(
    "name", [n for n, (rule, verbs) in HANDLERS.items() if isinstance(rule, Rule) and verbs]
)
def test_a_handler_without_a_permission_calls_only_what_needs_none(name):
    rule, verbs = HANDLERS[name]
    for verb in verbs:
        asks = asking.of(verb)
        if rule is PUBLIC:
            assert is_on_the_list(verb), f"anybody reaches {verb}"
        elif rule in (SIGNED_IN, ENROLLING):
            everybodys = all(GRANTS[permission].least is Role.VIEWER for permission in asks.permissions)
            assert everybodys or verb.startswith(ONESELF), (
                f"any member reaches {verb}: {sorted(asks.permissions)}"
            )
        else:
            assert asks.looks_at_actor, f"{rule.value} reaches {verb}, which does not look who it is"


def test_every_route_says_whom_it_admits():
    assert len(routes()) > 12
    assert undeclared(routes()) == []


def test_a_route_that_nobody_declared_admits_nobody():
    async def forgotten(_request):
        return PlainTextResponse("everything")

    closed = declared(Route("/everything", forgotten))
    assert undeclared([closed]) == ["/everything"]
    assert closed.endpoint is not forgotten
    assert declared(Route("/public", kept := admits(PUBLIC)(forgotten))).endpoint is kept


def admitted() -> Iterator[object]:
    for route in routes():
        for rule in rules_of(route):
            yield pytest.param(rule, verbs_of(route.endpoint), id=f"{route.path} {rule.name}")


@pytest.mark.parametrize(("rule", "verbs"), list(admitted()))
def test_a_route_declares_what_its_service_asks(rule, verbs):
    asked = {permission for verb in verbs for permission in asking.of(verb).permissions}
    if isinstance(rule, Permission):
        assert rule in asked
    elif rule in (SIGNED_IN, ENROLLING):
        assert all(GRANTS[permission].least is Role.VIEWER for permission in asked)
    elif rule is SIGNER:
        assert all(asking.of(verb).looks_at_actor or is_on_the_list(verb) for verb in verbs)
    else:
        assert rule is not PLATFORM_ADMIN
        assert [
            verb
            for verb in verbs
            if not is_on_the_list(verb) and not asking.of(verb).looks_at_actor and not asked
        ] == []


def verbs_from_outside() -> set[str]:
    """Every function of the services that something above them names."""
    found: set[str] = set()
    for path in [p for folder in ABOVE for p in sorted((asking.ROOT / folder).rglob("*.py"))] + [
        asking.ROOT / "cli.py"
    ]:
        if "contractflow.services" not in path.read_text():
            continue
        name = ".".join(path.relative_to(asking.ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        found |= asking.named_in(ast.parse(path.read_text()), vars(import_module(name)))
    return found


def is_verb(name: str) -> bool:
    _, node = asking.functions()[name]
    return bool(node.args.args) and node.args.args[0].arg == "work" and not node.name.startswith("_")


def place(name: str) -> set[str]:
    """How the list of house rules names it: by module, or by module and function."""
    module, node = asking.functions()[name]
    file = module.removeprefix("contractflow.").replace(".", "/") + ".py"
    return {file, f"{file}: {node.name}"}


def is_on_the_list(name: str) -> bool:
    return bool(place(name) & ASKS_NOBODY.keys())


def asks_nobody(name: str) -> bool:
    asks = asking.of(name)
    return not (asks.permissions or asks.moves or asks.looks_at_actor)


def test_every_verb_asks_who_may():
    verbs = {name for name in verbs_from_outside() if is_verb(name)}
    assert len(verbs) > 100
    assert short({name for name in verbs if asks_nobody(name) and not is_on_the_list(name)}) == []


def test_the_list_of_verbs_that_ask_nobody_is_no_longer_than_it_must_be():
    public = {verb for rule, verbs in HANDLERS.values() if rule is PUBLIC for verb in verbs}
    needed = [
        place(name)
        for name in verbs_from_outside()
        if is_verb(name) and (asks_nobody(name) or name in public)
    ]
    named = {entry for entry in ASKS_NOBODY if any(entry in one for one in needed)}
    assert sorted(ASKS_NOBODY.keys() - named) == []


def test_a_permission_asked_anywhere_is_one_of_the_table():
    asked = {permission for name in asking.functions() for permission in asking.of(name).permissions}
    assert asked <= GRANTS.keys()
    assert len(asked) > 25


def test_declaring_does_not_change_a_handler():
    def handler() -> None: ...

    assert policy(P.ORG_READ)(handler) is handler
