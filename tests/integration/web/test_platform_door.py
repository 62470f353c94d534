"""To everybody but a platform admin the platform's pages and handlers are what does not exist: by address, by event."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contractflow.ops import admins
from contractflow.permissions import Member
from contractflow.security.sessions import MEMBERS
from contractflow.state.platform_door import PlatformDoorState
from contractflow.state.platform_jobs import PlatformJobsState
from contractflow.web.guard import NOWHERE, SessionGuard
from tests import cast
from tests.integration.web.at_the_door import enrol
from tests.integration.web.test_policy import Tab, member_tab

pytestmark = pytest.mark.usefixtures("redis", "database")

JOBS = PlatformJobsState.get_full_name()
WHAT_NOBODY_DECLARED = ("forgotten", {})
HANDLERS = [
    (f"{JOBS}.load", {}),
    (f"{JOBS}.follow", {}),
    (f"{JOBS}.retry", {"org_id": str(cast.NORTHLIGHT), "draft_id": str(cast.NORTHLIGHT)}),
]


async def an_admin() -> Tab:
    """A tab of Adam, who is a platform admin with a second factor, shown for this session."""
    admins.change(cast.email_of(cast.adam), is_to_be=True)
    enrol(cast.adam)
    return await member_tab(cast.adam, factor="app")


async def answer(tab: Tab, event: str, payload: dict[str, Any]) -> list[tuple[str, str]]:
    _, told = await tab.send(event, **payload)
    return told


@pytest.mark.parametrize(("event", "payload"), HANDLERS, ids=["load", "follow", "retry"])
async def test_for_others_its_handlers_do_not_exist(event: str, payload: dict[str, Any]) -> None:
    admins.change(cast.email_of(cast.adam), is_to_be=True)
    for tab in (Tab(), await member_tab(cast.olivia), await member_tab(cast.rita)):
        assert await answer(tab, event, payload) == await answer(tab, *WHAT_NOBODY_DECLARED)
    assert await answer(await an_admin(), f"{JOBS}.load", {}) == []


async def test_without_a_second_factor_an_admin_is_led_to_set_one_up() -> None:
    admins.change(cast.email_of(cast.adam), is_to_be=True)
    tab = await member_tab(cast.adam)
    for event, payload in HANDLERS:
        assert await answer(tab, event, payload) == [("load", "/enrol?next=/home")]
    assert await led_to("/admin/jobs", cast.adam) == "/enrol?next=/admin/jobs"
    enrol(cast.adam)
    for event, payload in HANDLERS:  # this session began before there was one
        assert await answer(tab, event, payload) == [("confirm", None)]
    assert await answer(await member_tab(cast.adam, factor="app"), f"{JOBS}.load", {}) == []


async def led_to(path: str, person: Member) -> str:
    """Where the guard sends them instead."""
    headers = [(b"accept", b"text/html"), (b"cookie", await cookie_of(person))]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}  # fmt: skip
    said: list[dict[str, Any]] = []

    async def keep(message) -> None:
        said.append(message)

    await SessionGuard(None, "http://flow.test")(scope, None, keep)  # type: ignore[arg-type]  never reached
    assert said[0]["status"] == 303
    return dict(said[0]["headers"])[b"location"].decode()


async def cookie_of(person: Member) -> bytes:
    cookie, _ = await MEMBERS.begin(str(person.user_id), {"org": str(person.org_id)})
    return f"{MEMBERS.kind.cookie}={cookie}".encode()


async def test_whoever_is_none_any_more_is_out_at_the_next_event() -> None:
    tab = await an_admin()
    assert await answer(tab, f"{JOBS}.load", {}) == []
    admins.change(cast.email_of(cast.adam), is_to_be=False)
    assert await answer(tab, f"{JOBS}.load", {}) == await answer(tab, *WHAT_NOBODY_DECLARED)


async def test_the_door_tells_a_stranger_nothing() -> None:
    assert await answer(Tab(), f"{PlatformDoorState.get_full_name()}.look", {"route": "/admin/jobs"}) == []


@pytest.mark.parametrize(
    "path", ["/admin", "/admin/jobs", "/admin/jobs/", "//admin/jobs", "/x/../admin/jobs"]
)
@pytest.mark.parametrize("accept", [b"text/html", b"*/*"])
async def test_for_others_its_addresses_lead_nowhere(path: str, accept: bytes) -> None:
    await an_admin()
    for person in (None, cast.olivia, cast.rita):
        assert await reached(path, accept, person) == NOWHERE
    assert await reached(path, accept, cast.adam) == path


async def reached(path: str, accept: bytes, person: Member | None) -> str:
    """The address that the product behind the guard sees."""
    headers = [(b"accept", accept)]
    if person:
        headers.append((b"cookie", await cookie_of(person)))
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}  # fmt: skip
    said: list[dict[str, Any]] = []

    async def product(inner, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send(
            {
                "type": "http.response.body",
                "body": json.dumps([inner["path"], inner["raw_path"].decode()]).encode(),
            }
        )

    async def keep(message) -> None:
        said.append(message)

    await SessionGuard(product, "http://flow.test")(scope, None, keep)
    shown, raw = json.loads(said[-1]["body"])
    assert shown == raw
    return shown
