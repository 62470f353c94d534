"""The organisation's logo, through the door: who may send one, what becomes of it, and who gets to see it."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, LimitReached, NotAllowed, NotFound
from contractflow.integrations.pictures import LARGEST, looking, redraw
from contractflow.integrations.signing import render
from contractflow.models import Artifact, AuditEvent, Document, DocumentVersion, Subscription
from contractflow.permissions import PlatformAdmin, Signer, Visitor
from contractflow.security.cookies import visitor_id
from contractflow.security.keyring import keyring
from contractflow.security.links import token_hash
from contractflow.security.sessions import SIGNERS
from contractflow.services import orgs, portal, standing
from contractflow.services.portal_links import LinkKind, PortalLink, Target
from contractflow.services.sealing.paper import gather, printed
from contractflow.web import flash
from tests import builders, cast
from tests.integration.journey import as_
from tests.integration.web.at_the_door import DoorBrowser, browser
from tests.pictures import BLUE, jpeg, png, webp

pytestmark = pytest.mark.usefixtures("database", "redis")

UPLOAD = "/api/organisation/logo"
HOSTILE_NAME = '../../etc/passwd\r\nX-Evil: 1"; <script>.svg'


@pytest.fixture(autouse=True)
def with_plans(database):
    for org in (cast.northlight, cast.redshift):
        with unit_of_work(org) as work:
            work.db.add(Subscription(org_id=org.org_id, tier="growth", seats=10))


async def send(
    who: DoorBrowser, content: bytes, name: str = "logo.png", mime: str = "image/png"
) -> httpx.Response:
    headers = {"origin": who.address, "sec-fetch-site": "same-origin"}
    return await who._send("POST", UPLOAD, headers, files={"logo": (name, content, mime)})


async def said(who: DoorBrowser, answer: httpx.Response) -> dict[str, str]:
    """What stands on the page a refused form leads back to."""
    where = urlsplit(answer.headers["location"])
    assert (answer.status_code, where.path) == (303, "/settings/organisation")
    visitor = visitor_id(keyring(), who.cookies["__Host-cf_visitor"])
    return dict((await flash.recall(visitor, parse_qs(where.query)["again"][0])).errors)


def shown(member=cast.victor) -> str:
    return as_(member, orgs.organisation).logo


def trail() -> list[tuple[str, dict]]:
    query = select(AuditEvent).where(col(AuditEvent.action).in_(["org:change_logo", "org:remove_logo"]))
    events = as_(cast.northlight, lambda work: list(work.db.exec(query.order_by(col(AuditEvent.seq)))))
    return [(event.action, json.loads(event.canonical)["data"]) for event in events]


def kept() -> list[Artifact]:
    query = select(Artifact).where(col(Artifact.kind) == "logo").order_by(col(Artifact.id))
    return as_(cast.northlight, lambda work: list(work.db.exec(query)))


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("person", [cast.mia, cast.victor], ids=lambda one: one.name)
async def test_members_and_viewers_may_not(person):
    async with browser() as one:
        await one.ticket(person)
        refused = await said(one, await send(one, png(48, 32)))
    assert refused == {"form": "Only admins and above can change the branding."}
    assert kept() == []
    for verb in (orgs.remove_logo, lambda work: orgs.change_logo(work, redraw(png(48, 32)))):
        with pytest.raises(NotAllowed):
            as_(person, verb)


async def test_nobody_and_no_other_page_may():
    async with browser() as one:
        assert (await send(one, png(48, 32))).headers["location"].startswith("/settings/organisation?again=")
        await one.ticket(cast.adam)
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        answer = await one._send("POST", UPLOAD, foreign, files={"logo": ("x.png", png(48, 32), "image/png")})
        assert answer.status_code == 403
    assert kept() == []


def test_a_plan_without_branding_says_so():
    with unit_of_work(cast.northlight) as work:
        work.db.exec(select(Subscription)).one().tier = "starter"
    with pytest.raises(LimitReached, match="The Starter plan shows no logo"):
        as_(cast.adam, lambda work: orgs.change_logo(work, redraw(png(48, 32))))
    assert "Starter" in as_(cast.adam, orgs.organisation).why_not_brand


# ---------------------------------------------------------------- what becomes of it


@pytest.mark.parametrize("content", [png(48, 32), jpeg(), webp()], ids=["png", "jpeg", "webp"])
async def test_it_is_kept_as_a_picture_of_ours_and_the_trail_says_so(content):
    async with browser() as one:
        await one.ticket(cast.adam)
        answer = await send(one, content, HOSTILE_NAME, "text/html")
        assert answer.headers["location"] == "/settings/organisation?done=logo"
        picture = await one.get(shown())
    (row,) = kept()
    assert (row.filename, row.mime, row.storage_key) == ("logo.png", "image/png", None)
    assert picture.content == row.content == redraw(content).content
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"] == 'inline; filename="logo.png"'
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["cache-control"] == "private, max-age=86400, immutable"
    [(action, data)] = trail()
    assert action == "org:change_logo"
    assert data["size"] == "48 × 32 pixels"
    assert "passwd" not in json.dumps(data)


async def test_again_changes_nothing_and_another_takes_its_place():
    async with browser() as one:
        await one.ticket(cast.adam)
        for _ in range(2):
            await send(one, png(48, 32))
        first = shown()
        assert len(trail()) == 1
        await send(one, png(48, 32, BLUE))
        assert shown() != first
        assert (await one.get(first)).status_code == 404
        assert (await one.get(shown())).status_code == 200
    before, now = kept()
    assert (before.content, before.purged_at is None) == (None, False), "its bytes are gone, its hash stays"
    assert now.content
    (_, first_time), (_, second) = trail()
    assert second["changes"]["logo"][0] == first_time["changes"]["logo"][1]


async def test_two_at_the_same_time_leave_one():
    async with browser() as one, browser() as other:
        await one.ticket(cast.adam)
        await other.ticket(cast.olivia)
        await asyncio.gather(send(one, png(48, 32)), send(other, png(48, 32, BLUE)))
        assert (await one.get(shown())).status_code == 200
    assert [row.content is None for row in kept()].count(False) == 1


def test_it_can_be_removed_once():
    as_(cast.adam, orgs.change_logo, redraw(png(48, 32)))
    as_(cast.adam, orgs.remove_logo)
    assert (shown(), [row.content for row in kept()]) == ("", [None])
    assert [action for action, _ in trail()] == ["org:change_logo", "org:remove_logo"]
    with pytest.raises(IllegalMove):
        as_(cast.adam, orgs.remove_logo)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", looking.EMPTY), (b"<svg/>", looking.SVG), (b"MZ" + bytes(99), looking.OTHER),
     (png(48, 32)[:-20], looking.BROKEN), (png(48, 32) + bytes(LARGEST), looking.TOO_LARGE)],
    ids=["empty", "svg", "a program", "half", "large"],
)  # fmt: skip
async def test_what_is_no_logo_is_refused_beside_the_field_and_the_old_one_stays(content, words):
    as_(cast.adam, orgs.change_logo, redraw(png(48, 32)))
    before = shown()
    async with browser() as one:
        await one.ticket(cast.adam)
        assert await said(one, await send(one, content)) == {"logo": words}
    assert shown() == before


async def test_what_is_no_form_or_far_too_large_is_refused_too():
    async with browser() as one:
        await one.ticket(cast.adam)
        headers = {"origin": one.address, "content-type": "multipart/form-data; boundary=x"}
        broken = await one._send("POST", UPLOAD, dict(headers), content=b"--x\r\nnot a part")
        assert set(await said(one, broken)) == {"logo"}
        two = {"logo": ("a", png(48, 32), "image/png"), "more": ("b", png(48, 32), "image/png")}
        assert set(
            await said(one, await one._send("POST", UPLOAD, dict(headers, **{"content-type": ""}), files=two))
        ) == {"logo"}
        assert await said(one, await one.post(UPLOAD, {"logo": "words"})) == {"logo": looking.EMPTY}
        assert (await send(one, bytes(5 * LARGEST))).status_code == 413
    assert kept() == []


# ---------------------------------------------------------------- who sees it


def a_link(work) -> tuple[Signer, PortalLink]:
    """Somebody who was sent a document, and what their link opens."""
    document, signer = builders.a_sent_document(work)
    signer.token_hmac = token_hash(f"link of {signer.id}")
    target = Target(work.actor.org_id, document.id, signer.id)
    link = PortalLink(LinkKind.SIGNING, signer.token_hmac, target, signer.id, signer.name)
    return Signer(work.actor.org_id, document.id, signer.id, signer.name), link


async def as_client(one: DoorBrowser, org) -> None:
    signer, link = as_(org, a_link)
    one.cookies[SIGNERS.kind.cookie], _ = await SIGNERS.begin(str(signer.signer_id), link.facts)


async def test_members_and_clients_of_the_organisation_see_it_and_nobody_else():
    as_(cast.adam, orgs.change_logo, redraw(png(48, 32)))
    address = shown()
    async with browser() as member, browser() as client, browser() as rival, browser() as rivals_client:
        await member.ticket(cast.victor)
        await as_client(client, cast.northlight)
        await rival.ticket(cast.rita)
        await as_client(rivals_client, cast.redshift)
        answers = [(await one.get(address)).status_code for one in (member, client, rival, rivals_client)]
        assert answers == [200, 200, 404, 404]
        await as_client(rival, cast.northlight)
        assert (await rival.get(address)).status_code == 200, "a browser may hold both"
    async with browser() as nobody:
        assert (await nobody.get(address, accept="image/*")).status_code == 401
    for actor in (Visitor(), PlatformAdmin(cast.rita.user_id, cast.NORTHLIGHT, "Rita")):
        with pytest.raises((NotAllowed, NotFound)):
            as_(actor, orgs.logo, kept()[0].id)
    with pytest.raises(NotFound):
        as_(cast.victor, orgs.logo, uuid4())


def test_it_stands_in_the_frame_in_the_portal_and_on_paper():
    as_(cast.adam, orgs.change_logo, redraw(png(480, 320)))
    assert as_(cast.victor, standing.of_member).logo == shown()

    client, _ = as_(cast.northlight, a_link)
    assert as_(client, portal.one).logo == shown()

    def its_paper(work):
        document = work.db.get_one(Document, client.document_id)
        return printed(gather(work, document, work.db.get_one(DocumentVersion, document.sent_version_id)))

    paper = as_(cast.northlight, its_paper)
    assert paper.logo == kept()[0].content
    assert b"/Subtype/Image" in render.render(paper)
