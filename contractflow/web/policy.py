"""Who may call a handler. Any browser may call any method of any state by name, so what is not allowed is refused.

    @rx.event
    @policy(Permission.DOCUMENT_SEND)
    async def send(self): ...

A permission asks for the least role that has it for one's own; whether the thing is one's own, the service decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from reflex.middleware import Middleware
from reflex.state import (
    FrontendEventExceptionState,
    OnLoadInternalState,
    State,
    StateUpdate,
)
from reflex_base.event import Event, EventSpec
from reflex_base.registry import RegistrationContext

from contractflow.errors import AppError, ConfirmFirst, NotAllowed, NotSignedIn, PortalClosed
from contractflow.permissions import Permission, Visitor, require
from contractflow.security.sessions import MEMBERS, SIGNERS, Session
from contractflow.web import ahead, sockets
from contractflow.web.limiting import charge_event
from contractflow.web.principal import (
    HEADER,
    NOT_HERE,
    Families,
    Principal,
    read_admin,
    read_member,
    read_person,
    read_signer,
    set_present,
)
from contractflow.web.refusals import refusal
from contractflow.web.rules import ENROLLING, PLATFORM_ADMIN, PUBLIC, SIGNED_IN, SIGNER, Rule
from contractflow.web.timing import time_event

__all__ = ["ENROLLING", "PLATFORM_ADMIN", "PUBLIC", "SIGNED_IN", "SIGNER", "AuthMiddleware", "Rule", "policy"]

log = logging.getLogger(__name__)


Handler = TypeVar("Handler", bound=Callable[..., Any])
_ATTRIBUTE = "contractflow_policy"


def policy(rule: Rule | Permission) -> Callable[[Handler], Handler]:
    """Declare who may call a handler; goes under `@rx.event`."""

    def declare(handler: Handler) -> Handler:
        setattr(handler, _ATTRIBUTE, rule)
        return handler

    return declare


def rule_of(name: str) -> Rule | Permission | None:
    """The rule of a handler by its full name; None refuses everybody."""
    if name in _framework_events():
        return PUBLIC
    known = RegistrationContext.get().event_handlers.get(name)
    return getattr(known.handler.fn, _ATTRIBUTE, None) if known else None


def without_policy() -> list[str]:
    """Handlers of ours that nobody may call because nobody said who may. Checked at start and by a test."""
    return [
        name
        for name, known in RegistrationContext.get().event_handlers.items()
        if known.states[0].__module__.startswith("contractflow.")
        and not name.endswith(".setvar")  # Reflex gives one to every state; refused for everybody
        and rule_of(name) is None
    ]


class AuthMiddleware(Middleware):  # type: ignore[misc]  # Reflex's types are skipped by mypy
    """Every event of every socket passes here before its handler: loaded pages, chained and background events too.

    It has to be the first middleware: Reflex's own answers the hydrate event with the whole state.
    """

    async def preprocess(self, app: Any, state: Any, event: Any) -> Any:
        router = state.router_data
        headers = router.get("headers") or {}
        families = Families.unpacked(headers.get(HEADER, ""))
        sockets.set_own(router.get("sid", ""))
        agent = headers.get("user-agent", "")[:300]
        visitor = Visitor(ip=router.get("ip", ""), user_agent=agent, browser=families.visitor)
        if not _goes_on(event.name):
            time_event(event.name)
        try:
            principal = await _admit(event.name, families, visitor)
            await charge_event(event.name, principal, is_public=rule_of(event.name) is PUBLIC)
            set_present(replace(principal, event=(event.name, event.payload)))
        except AppError as refused:
            return StateUpdate(events=Event.from_event_type(_answer(refused, event)))
        return None


def _goes_on(name: str) -> bool:
    """Whether it is work in the background: what a tab follows runs as long as the tab."""
    known = RegistrationContext.get().event_handlers.get(name)
    return known is None or known.handler.is_background


async def _admit(name: str, families: Families, visitor: Visitor) -> Principal:
    """The principal of an event its rule lets through. Raises NotSignedIn, PortalClosed or NotAllowed."""
    rule = rule_of(name)
    if families.member and rule not in (PUBLIC, SIGNER, None):
        ahead.ask(families.member, visitor)
    member, signer = await _living(families)
    if rule is PUBLIC:
        return Principal(families, visitor)
    if rule is SIGNER:
        return Principal(families, visitor, signer=await read_signer(signer, visitor))
    if rule is None:
        log.warning("refused an event without a policy: %s", name)
        raise NotAllowed(NOT_HERE)
    if rule is PLATFORM_ADMIN:
        return Principal(families, visitor, admin=await read_admin(member, visitor))
    if rule is ENROLLING:
        return Principal(families, visitor, member=await read_person(member, visitor))
    person = await read_member(member, visitor)
    if isinstance(rule, Permission):
        require(person, rule, own=True)
    return Principal(families, visitor, member=person)


async def _living(families: Families) -> tuple[Session | None, Session | None]:
    """The sessions of a socket. Raises when the one its page belongs to has ended since."""
    member = await MEMBERS.check(families.member) if families.member else None
    signer = await SIGNERS.check(families.signer) if families.signer else None
    if families.member and member is None:
        raise NotSignedIn
    if families.signer and signer is None and member is None:
        raise PortalClosed
    return member, signer


def _answer(refused: AppError, event: Any) -> EventSpec:
    if isinstance(refused, ConfirmFirst):
        refused.event = event.name, event.payload
    return refusal(refused, (event.router_data or {}).get("asPath", ""))


def _framework_events() -> frozenset[str]:
    """What a page of Reflex calls by itself. Not `hydrate` (it would skip on_load), never a `setvar`."""
    root, load = State.get_full_name(), OnLoadInternalState.get_full_name()
    return frozenset(
        {
            f"{root}.hydrate_and_load",
            f"{root}.set_is_hydrated",
            f"{load}.on_load_internal",
            f"{load}.set_is_hydrated",
            f"{FrontendEventExceptionState.get_full_name()}.handle_frontend_exception",
        }
    )
