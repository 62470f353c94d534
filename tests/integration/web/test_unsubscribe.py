"""One click in a mail program, or one button, and a kind of mail comes no more: by the link alone, for that kind, for that person."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel import col, select

from contractflow.api import api
from contractflow.errors import NotAllowed
from contractflow.models import AuditEvent, Membership
from contractflow.services import links, mail_choices
from contractflow.web.guard import SessionGuard
from tests import cast
from tests.integration.journey import as_

pytestmark = pytest.mark.usefixtures("redis", "database")

ORIGIN, KIND = "http://ours.test", "document_signed"


async def call(method: str, link: str, **more) -> httpx.Response:
    transport = httpx.ASGITransport(SessionGuard(api(), ORIGIN), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        return await http.request(method, f"/unsubscribe/{link}", **more)


def link_of(member=cast.mia, kind=KIND) -> str:
    return links.unsubscribe_url(member.org_id, member.user_id, kind).rpartition("/")[2]


def gets(member, kind=KIND) -> bool:
    return as_(cast.northlight, mail_choices.wants_mail, member.user_id, kind)


def recorded() -> list[AuditEvent]:
    query = select(AuditEvent).where(col(AuditEvent.action) == "membership:choose_mail")
    return as_(cast.olivia, lambda work: list(work.db.exec(query)))


async def test_a_mail_program_posts_once_without_a_session_and_that_kind_ends() -> None:
    """As RFC 8058 has it: no cookie, no origin, the link alone; a page that reads it has changed nothing."""
    assert "Stop these mails" in (await call("GET", link_of())).text
    assert gets(cast.mia)
    for _ in range(2):
        answer = await call("POST", link_of(), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "No more of these mails" in answer.text
    assert (gets(cast.mia), gets(cast.mia, "joined"), gets(cast.adam)) == (False, True, True)
    (line,) = recorded()
    assert (line.actor_label, line.data) == ("unsubscribe link", {"kind": KIND, "by_mail": False})
    assert "No more of these mails" in (await call("GET", link_of())).text


async def test_the_button_of_the_page_does_the_same_and_another_sites_may_as_well() -> None:
    """Whoever knows the link may; a foreign page does not know it."""
    answer = await call("POST", link_of(), headers={"origin": ORIGIN, "accept": "text/html"})
    assert answer.status_code == 200
    assert not gets(cast.mia)


@pytest.mark.parametrize("kind", ["reset_password", "org_closing", "sign_request", "nonsense"])
async def test_what_must_be_sent_is_refused(kind) -> None:
    for method in ("GET", "POST"):
        assert (await call(method, link_of(kind=kind))).status_code == 404
    assert recorded() == []


async def test_a_link_is_for_its_person_and_kind_and_cannot_be_made_up() -> None:
    good = link_of()
    words, _, mac = good.rpartition(".")
    for bad in (
        words, f"{words}.", f"{words}.{mac[:-1]}A", good.replace(KIND, "joined"),
        good.replace(cast.mia.user_id.hex, cast.adam.user_id.hex), good.replace(cast.NORTHLIGHT.hex, cast.REDSHIFT.hex), "x", "a.b.c.d",
    ):  # fmt: skip
        assert (await call("POST", bad)).status_code == 404, bad
    assert recorded() == []


async def test_who_has_left_is_nobody_any_more() -> None:
    as_(
        cast.northlight,
        lambda work: setattr(work.db.get(Membership, cast.mia.membership_id), "status", "removed"),
    )
    assert (await call("POST", link_of())).status_code == 404


def test_nobody_does_it_for_somebody_else() -> None:
    with pytest.raises(NotAllowed):
        as_(cast.olivia, mail_choices.unsubscribe, cast.mia.user_id, KIND)
