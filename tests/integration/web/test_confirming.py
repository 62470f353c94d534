"""Confirming that it is still you: what asks for it, how, and what becomes of the session."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import reflex as rx
from sqlmodel import select

from contractflow.broker.connections import async_redis
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import ConfirmFirst
from contractflow.models import AuditEvent
from contractflow.permissions import GRANTS
from contractflow.permissions import Permission as P
from contractflow.security.sessions import MEMBERS, Verdict
from contractflow.services import orgs
from contractflow.state.base import ActingState
from contractflow.web.policy import policy
from contractflow.web.principal import Families
from tests import cast
from tests.integration.web.at_the_door import (
    PASSWORD,
    SESSION,
    browser,
    code_of,
    enrol,
    give_password,
    wrong_code,
)
from tests.integration.web.test_policy import Tab, member_tab

pytestmark = pytest.mark.usefixtures("redis", "database")

ASKS = {
    P.AUDIT_EXPORT, P.PAYMENT_REFUND, P.ORG_EXPORT_DATA, P.DOCUMENT_OVERRIDE_APPROVAL, P.PAYMENT_PROVIDER_CONNECT,
    P.ORG_TRANSFER, P.ORG_DELETE, P.SECURITY_POLICY_MANAGE,
}  # fmt: skip


def test_transfer_delete_export_refund_override_and_connect_ask_for_it() -> None:
    assert {permission for permission, grant in GRANTS.items() if grant.confirmed} >= ASKS


def test_a_service_that_asks_for_such_a_permission_is_refused() -> None:
    with unit_of_work(replace(cast.olivia, is_confirmed=False)) as work:
        with pytest.raises(ConfirmFirst):
            orgs.connect_paddle(work, is_confirmed=True)
        work.require(P.ORG_UPDATE)


class SafeState(ActingState, rx.State):
    """A page with something that asks for a confirmation."""

    opened: str = ""

    @rx.event
    @policy(P.ORG_DELETE)
    async def open(self, form: dict[str, str]):
        self.opened = await self._perform(opened, form["why"])


def opened(work, why: str) -> str:
    work.require(P.ORG_DELETE)
    return why


async def test_a_page_asks_in_place_and_sends_the_same_event_again() -> None:
    """The command carries what was asked for, with everything that was typed."""
    name = f"{SafeState.get_full_name()}.open"
    typed = {"form": {"why": "We have merged."}}
    tab = await member_tab(cast.olivia)
    await tab.send(name, **typed)
    assert tab.commands == [("confirm", {"event": name, "payload": typed})]
    tab = await confirmed_tab(cast.olivia)
    await tab.send(name, **typed)
    assert tab.commands == []


async def confirmed_tab(person) -> Tab:
    _, session = await MEMBERS.begin(
        str(person.user_id), {"org": str(person.org_id), "browser": "v"}, is_confirmed=True
    )
    return Tab(Families(member=session.family, visitor="v"))


async def stale_session(one, person) -> None:
    """Signed in, and more than ten minutes have gone by."""
    await one.ticket(person)
    _, session = await MEMBERS.resolve(one.cookies[SESSION])
    facts = {**session.facts, "confirmed_at": str(session.now - 601)}
    await async_redis().hset(f"cf:family:{session.family}", "facts", json.dumps(facts))


async def test_by_the_password_for_who_has_no_second_factor() -> None:
    await give_password(cast.olivia)
    async with browser() as one:
        await stale_session(one, cast.olivia)
        refused = await one.send_json("/auth/app/offer")
        assert (refused.status_code, refused.headers["x-confirm-identity"]) == (403, "1")
        assert (await one.send_json("/auth/confirm/ways")).json() == {
            "app": False,
            "passkey": False,
            "password": True,
        }
        wrong = await one.send_json("/auth/confirm", {"password": "not it, not it at all"})
        assert (wrong.status_code, wrong.text) == (422, "That is not your password.")
        old = one.cookies[SESSION]
        assert (await one.send_json("/auth/confirm", {"password": PASSWORD})).status_code == 200
        assert one.cookies[SESSION] != old
        assert (await MEMBERS.resolve(old))[0] is Verdict.REPLACED
        assert (await one.send_json("/auth/app/offer")).status_code == 200
    with unit_of_work(cast.northlight) as work:
        event = work.db.exec(select(AuditEvent).where(AuditEvent.action == "member:confirm")).one()
        assert (event.actor_label, event.data["way"]) == (cast.olivia.name, "password")


async def test_with_a_second_factor_the_password_is_not_enough() -> None:
    await give_password(cast.olivia)
    secret, _ = enrol(cast.olivia)
    async with browser() as one:
        await stale_session(one, cast.olivia)
        assert (await one.send_json("/auth/confirm/ways")).json() == {
            "app": True,
            "passkey": False,
            "password": False,
        }
        assert (await one.send_json("/auth/confirm", {"password": PASSWORD})).status_code == 422
        assert (await one.send_json("/auth/confirm", {"code": wrong_code(secret)})).status_code == 422
        code = code_of(secret)
        assert (await one.send_json("/auth/confirm", {"code": code})).status_code == 200
        assert (await one.send_json("/auth/confirm", {"code": code})).status_code == 422
        assert (await one.send_json("/auth/codes/renew")).status_code == 200


async def test_it_is_asked_in_the_browser_that_confirmed_and_not_of_a_copy_of_its_cookie() -> None:
    await give_password(cast.olivia)
    async with browser() as own, browser() as other:
        await own.ticket(cast.olivia)
        other.cookies[SESSION] = own.cookies[SESSION]
        assert (await own.send_json("/auth/app/offer")).status_code == 200
        assert (await other.send_json("/auth/app/offer")).status_code == 403


async def test_ten_wrong_tries_are_enough() -> None:
    await give_password(cast.olivia)
    async with browser() as one:
        await stale_session(one, cast.olivia)
        for _ in range(10):
            assert (await one.send_json("/auth/confirm", {"password": "wrong"})).status_code == 422
        full = await one.send_json("/auth/confirm", {"password": PASSWORD})
        assert full.status_code == 429
        assert int(full.headers["retry-after"]) > 0


@pytest.mark.parametrize("body", ["", "[]", "nothing", '{"code": null}', '{"password": 7}', '{"code": [1]}'])
async def test_what_no_script_of_ours_sends_is_refused_in_words(body: str) -> None:
    await give_password(cast.olivia)
    async with browser() as one:
        await stale_session(one, cast.olivia)
        headers = {"origin": one.address, "content-type": "application/json"}
        answer = await one._send("POST", "/auth/confirm", headers, content=body)
        assert answer.status_code == 422
        assert answer.text.endswith((".", "?"))


@pytest.mark.parametrize("path", [
    "/auth/confirm", "/auth/confirm/ways", "/auth/app/offer", "/auth/app/enable", "/auth/codes/renew",
    "/auth/passkey/create/options", "/auth/passkey/create", "/auth/passkey/confirm/options", "/auth/passkey/confirm",
    "/auth/passkey/second-step/options", "/auth/passkey/second-step",
])  # fmt: skip
async def test_a_stranger_reaches_none_of_it(path: str) -> None:
    async with browser() as one:
        assert (await one.send_json(path, {"code": "123456"})).status_code == 401
