"""Where an organisation asks for a second factor, members without one reach the page that sets one up, and nothing else."""

from __future__ import annotations

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.services import factors
from contractflow.state.second_step import EnrolState
from tests import cast
from tests.integration.web.at_the_door import browser, code_of, enrol, give_password
from tests.integration.web.test_policy import Tab, member_tab

ENROL = f"{EnrolState.get_full_name()}.load"


@pytest.fixture(autouse=True)
def required(redis, database) -> None:
    """Northlight asks for one since a moment ago; Olivia has one, the others do not."""
    enrol(cast.olivia)
    with unit_of_work(cast.olivia) as work:
        factors.require_of_everybody(work, is_required=True)


@pytest.mark.parametrize("event", ["introduce", "send", "submit", "work_long"])
async def test_every_event_leads_to_the_page_that_sets_one_up(event: str) -> None:
    said, led = await (await member_tab(cast.adam)).send(event)
    assert said is None
    assert led == [("load", "/enrol?next=/home")]
    assert (await (await member_tab(cast.olivia)).send("introduce"))[0] is not None
    assert (await (await member_tab(cast.rita)).send("introduce"))[0] is not None  # another agency's people


async def test_that_page_opens() -> None:
    assert (await (await member_tab(cast.adam)).send(ENROL))[1] == []
    assert (await (await member_tab(cast.olivia)).send(ENROL))[1] == [("load", "/home")]
    assert (await Tab().send(ENROL))[1] == [("load", "/login?reason=ended&next=/home")]


async def test_the_routes_of_members_are_shut_and_those_that_set_one_up_are_open() -> None:
    document = "/api/documents/01a00000-0000-7000-8000-000000000000/pdf"
    await give_password(cast.adam)
    async with browser() as one:
        await one.ticket(cast.adam)
        answer = await one.get(document)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/enrol?next={document}")
        assert (await one.get(document, accept="*/*")).status_code == 403
        secret = (await one.send_json("/auth/app/offer")).json()["secret"]
        answer = await one.send_json("/auth/app/enable", {"code": code_of(secret)})
        assert len(answer.json()["codes"]) == 10
        assert (await one.get(document, accept="*/*")).status_code == 404  # in, and there is no such document


async def test_it_holds_from_the_next_event_on_and_ends_with_the_first_code() -> None:
    tab = await member_tab(cast.mia)
    assert (await tab.send("introduce"))[1] == [("load", "/enrol?next=/home")]
    enrol(cast.mia)
    assert (await tab.send("introduce"))[0] == f"Mia Member of {cast.NORTHLIGHT}"
