"""Every event goes through one door: Reflex's real pipeline, our middleware, a real session, a real membership."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

from contractflow.broker import latency
from contractflow.contractflow import app
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid, NotFound
from contractflow.models.membership import Membership
from contractflow.permissions import Member, Permission, Role, System
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.state import refused
from contractflow.state.base import ActingState
from contractflow.web.policy import PUBLIC, SIGNED_IN, SIGNER, policy, without_policy
from contractflow.web.principal import HEADER, Families
from contractflow.workflows.membership import MembershipStatus
from tests import cast

pytestmark = pytest.mark.usefixtures("redis", "database")


def who(work) -> str:
    return f"{work.actor.name} of {work.actor.org_id}"


def refuse(work) -> None:
    raise Invalid("Too long.", "title")


class DeskState(ActingState, rx.State):
    """A page as the product's pages are."""

    said: str = ""

    @rx.event
    @policy(PUBLIC)
    async def greet(self):
        self.said = "hello"

    @rx.event
    @policy(SIGNED_IN)
    async def introduce(self):
        self.said = await self._perform(who)

    @rx.event
    @policy(Permission.DOCUMENT_SEND)
    async def send(self):
        self.said = "sent"

    @rx.event
    @policy(SIGNER)
    async def read(self):
        self.said = "read"

    @rx.event
    @policy(SIGNED_IN)
    async def submit(self):
        await self._submit(refuse)

    @rx.event
    @policy(SIGNED_IN)
    async def fail(self):
        raise NotFound("document")

    @rx.event
    @policy(SIGNED_IN)
    async def break_down(self):
        raise ZeroDivisionError

    @rx.event(background=True)
    @policy(SIGNED_IN)
    async def work_long(self):
        said = await self._perform(who)
        async with self:
            self.said = said

    @rx.event
    async def forgotten(self):
        self.said = "nobody declared me"

    def helper(self, said: str):
        self.said = said

    def set_said(self, said: str):
        self.said = said


DESK = DeskState.get_full_name()


class Tab:
    """One tab: its page state, and what it was told; `commands` are all of those, whole."""

    def __init__(self, families: Families | None = None) -> None:
        self.families, self.states = families or Families(), StateManagerMemory()
        self.commands: list[tuple[str, dict[str, Any]]] = []

    async def send(self, *events: str, **payload: Any) -> tuple[str | None, list[tuple[str, str]]]:
        """What the page says afterwards, and the commands the browser got, as (command, its words or path)."""
        said, told, commands = None, [], self.commands

        class Namespace:
            async def emit_update(self, update, token):
                nonlocal said
                changed = update.delta.get(DESK, {})
                said = changed.get("said_rx_state_", said)
                commands.extend(
                    (event.payload["op"], event.payload["args"]) for event in update.events if event.name == "_cf_ui"
                )  # fmt: skip
                told.extend(
                    (event.payload["op"], event.payload["args"].get("message") or event.payload["args"].get("path"))
                    for event in update.events
                    if event.name == "_cf_ui"
                )  # fmt: skip

        with app.set_contexts():
            processor = BaseStateEventProcessor(
                middleware=app, backend_exception_handler=app.backend_exception_handler
            )
            processor.configure(state_manager=self.states, event_namespace=Namespace())
            async with processor:
                for name in events:
                    headers = {HEADER: self.families.packed(), "user-agent": "pytest", "origin": "http://x"}
                    router = {"path": "/home", "asPath": "/home", "headers": headers, "ip": "192.0.2.1", "token": "t", "sid": "s"}  # fmt: skip
                    event = Event(
                        name=name if "." in name else f"{DESK}.{name}", payload=payload, router_data=router
                    )
                    with suppress(
                        Exception
                    ):  # what a handler raises, the handler of exceptions answers, a moment later
                        await (await processor.enqueue("t", event)).wait_all()
                    await asyncio.sleep(0.02)
        return said, told


async def member_tab(person: Member, **facts: str) -> Tab:
    """`facts` of the session besides the organisation."""
    _, session = await MEMBERS.begin(str(person.user_id), {"org": str(person.org_id), **facts})
    return Tab(Families(member=session.family, visitor="v"))


async def test_anybody_may_what_is_public() -> None:
    assert await Tab().send("greet") == ("hello", [])


@pytest.mark.parametrize("event", ["introduce", "send", "submit", "work_long"])
async def test_a_stranger_is_sent_to_sign_in(event: str) -> None:
    said, told = await Tab().send(event)
    assert said is None
    assert told == [("load", "/login?reason=ended&next=/home")]


async def test_what_a_handler_took_is_seen_and_what_goes_on_in_the_background_is_not() -> None:
    latency._seen.clear()
    tab = await member_tab(cast.mia)
    await tab.send("introduce")
    await tab.send("work_long")
    await asyncio.sleep(0)  # the task is done, and says so
    assert latency._seen["event us DeskState.introduce"] > 0
    assert not [field for field in latency._seen if "work_long" in field]


async def test_a_member_acts_as_themselves_also_in_the_background() -> None:
    tab = await member_tab(cast.olivia)
    assert await tab.send("introduce") == (f"Olivia Owner of {cast.NORTHLIGHT}", [])
    assert await tab.send("work_long") == (f"Olivia Owner of {cast.NORTHLIGHT}", [])


@pytest.mark.parametrize("event", ["forgotten", "helper", "set_said"])
async def test_what_nobody_declared_nobody_may_call(event: str) -> None:
    said, told = await (await member_tab(cast.olivia)).send(
        event, **({} if event == "forgotten" else {"said": "hacked"})
    )
    assert said is None
    assert told == [("toast", "That is not possible here.")]


async def test_setters_and_the_frameworks_own_handlers_are_no_back_door() -> None:
    tab = await member_tab(cast.olivia)
    said, told = await tab.send(f"{DESK}.setvar", var_name="said", value="hacked")
    assert said is None
    assert told == [("toast", "That is not possible here.")]
    _, told = await tab.send("reflex___state____state.hydrate")
    assert told == [("toast", "That is not possible here.")]


async def test_the_role_is_the_one_the_database_has_now() -> None:
    tab = await member_tab(cast.victor)
    assert (await tab.send("send"))[1] == [
        ("toast", "Only members and above can send other people's documents.")
    ]
    change(cast.victor, role=Role.MEMBER)
    assert await tab.send("send") == ("sent", [])


async def test_a_removed_member_is_out_at_the_next_event() -> None:
    tab = await member_tab(cast.mia)
    assert (await tab.send("send"))[0] == "sent"
    change(cast.mia, status=MembershipStatus.REMOVED)
    assert await tab.send("introduce") == (None, [("load", "/login?reason=ended&next=/home")])
    assert await MEMBERS.check(tab.families.member) is None


async def test_an_ended_session_gets_nothing_not_even_what_the_page_knew() -> None:
    tab = await member_tab(cast.olivia)
    await tab.send("greet")
    await MEMBERS.end(tab.families.member)
    for event in ("introduce", "greet", "reflex___state____state.hydrate_and_load"):
        said, told = await tab.send(event)
        assert said is None
        assert told[0][0] == "load"


async def test_a_session_of_one_organisation_is_none_of_another() -> None:
    _, session = await MEMBERS.begin(str(cast.rita.user_id), {"org": str(cast.NORTHLIGHT)})
    _, told = await Tab(Families(member=session.family)).send("introduce")
    assert told[0][0] == "load"


async def test_a_portal_without_a_living_link_is_closed() -> None:
    assert (await Tab().send("read"))[1] == [("load", "/portal/closed")]
    facts = {"kind": "signing", "link": "00" * 32, "name": "Clara"}
    facts |= dict.fromkeys(("org", "document", "leads_to", "signer"), "01980000-0000-7000-8000-000000000001")
    _, session = await SIGNERS.begin(facts["signer"], facts)
    assert (await Tab(Families(signer=session.family)).send("read"))[1] == [("load", "/portal/closed")]
    assert await SIGNERS.check(session.family) is None


async def test_what_was_meant_is_said_and_what_was_not_has_a_reference() -> None:
    tab = await member_tab(cast.olivia)
    assert (await tab.send("fail"))[1] == [("toast", "That document does not exist.")]
    assert (await tab.send("break_down"))[1] == [
        ("toast", "Something went wrong on our side. We have been told.")
    ]
    assert (await tab.send("submit"))[1] == []


def test_every_handler_of_the_product_has_a_policy() -> None:
    with app.set_contexts():
        modules = [known.states[0].__module__ for known in RegistrationContext.get().event_handlers.values()]
        assert refused.__name__ in modules
        assert without_policy() == []


def change(person: Member, **values: object) -> None:
    with unit_of_work(System(person.org_id, "test")) as work:
        place = work.db.get(Membership, person.membership_id)
        for name, value in values.items():
            setattr(place, name, value)
