"""What a client says in the portal is limited, and what members say among themselves reaches no client by any door."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from sqlmodel import col, select
from starlette.routing import Route

from contractflow.api import api, routes
from contractflow.models import Comment, Invoice, Payment
from contractflow.security.limited_verbs import VERBS
from contractflow.security.sessions import SIGNERS
from contractflow.services import documents, links, portal
from contractflow.state.portal_comments import PortalCommentsState
from contractflow.web.principal import Families
from tests import cast
from tests.integration import journey
from tests.integration.journey import as_, look
from tests.integration.test_comments import blocks, said
from tests.integration.web.test_mailed_links import portal_session
from tests.integration.web.test_policy import Tab
from tests.pdf_words import words_of

pytestmark = pytest.mark.usefixtures("database", "redis", "own_key")
SECRET, FOR_THEM = "zqinside", "zqshared"
PDF = "/api/documents/{document_id:uuid}/pdf"


def browser(**cookies: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=api(), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", cookies=cookies)


def mailed(client) -> str:
    version = look(cast.mia, client.document_id).sent_version_id
    return f"/portal/open/{links.signing_token(client.signer_id, version)}"


async def portal_tab(client) -> Tab:
    """As the link in their mail opens it."""
    async with browser() as opening:
        session = await portal_session(await opening.get(mailed(client)))
    return Tab(Families(signer=session.family, visitor="v"))


async def test_a_client_who_comments_without_end_is_told_to_wait_and_nobody_else_is():
    clara = journey.signer_of(journey.sent())
    tab = await portal_tab(clara)
    most, _ = VERBS["PortalCommentsState.comment"].person
    event = f"{PortalCommentsState.get_full_name()}.comment"
    same = {"block_id": "", "key": "k", "said": {"text": "Why?"}}
    assert (await tab.send(*[event] * most, **same))[1] == []
    _, ((how, words), *more) = await tab.send(event, **same | {"key": "another"})
    assert (how, more) == ("toast", [])
    assert words.startswith("Too many attempts. Try again in ")
    count = select(Comment.id).where(col(Comment.document_id) == clara.document_id)
    assert len(as_(cast.mia, lambda work: list(work.db.exec(count)))) == 1, (
        "one key is one comment, and the last is refused"
    )
    other = journey.signer_of(as_sent_again())
    assert (await (await portal_tab(other)).send(event, **same))[1] == []
    assert [len(row.comments) for row in as_(other, portal.comments).rows] == [1]


def as_sent_again():
    document_id = journey.a_draft(key="k2")
    as_(cast.mia, documents.submit, document_id)
    version = look(cast.adam, document_id).current_version_id
    as_(cast.adam, documents.approve, document_id, version)
    as_(cast.mia, documents.send, document_id)
    return document_id


async def test_no_route_says_to_a_client_what_members_say_to_each_other():
    """Every route there is, asked with the client's own cookie for their own document, before and after sealing."""
    clara = journey.signer_of(journey.sent())
    said(cast.mia, clara.document_id, f"{SECRET} one", blocks(clara.document_id)[0])
    said(cast.adam, clara.document_id, f"{SECRET} two")
    said(cast.adam, clara.document_id, FOR_THEM, is_shared=True)
    answers = await all_answers(clara)
    pdf = answers[PDF]
    assert "Website relaunch" in words_of(pdf.content)
    await asyncio.to_thread(journey.seal, journey.signed(clara.document_id))
    later = await all_answers(clara)
    sealed = later[PDF]
    assert "Certificate of completion" in words_of(sealed.content)
    for path, answer in [*answers.items(), *later.items()]:
        assert SECRET not in said_by(answer), path

    tab = await portal_tab(clara)
    await tab.send(f"{PortalCommentsState.get_full_name()}.load")
    shown = repr(await shown_on(tab))
    assert FOR_THEM in shown
    assert SECRET not in shown


async def shown_on(tab: Tab) -> dict:
    """What the page of comments holds."""
    root = tab.states.states["t"]
    return (await root.get_state(PortalCommentsState)).dict()


def said_by(answer: httpx.Response) -> str:
    words = words_of(answer.content) if answer.content.startswith(b"%PDF") else ""
    return f"{answer.text} {words} {answer.headers}"


async def all_answers(client) -> dict[str, httpx.Response]:
    """By path; what a client may post is an event, or a file, which tells nothing."""
    document = look(cast.mia, client.document_id)
    version = document.sent_version_id
    first = lambda of: as_(cast.northlight, lambda work: work.db.exec(select(of.id)).first())  # noqa: E731
    names = {
        "document_id": client.document_id,
        "invoice_id": first(Invoice) or client.document_id,
        "payment_id": first(Payment) or client.document_id,
        "token": links.signing_token(client.signer_id, version),
        "code": document.verify_code,
        "slug": "northlight",
    }
    async with browser() as opening:
        cookie = (await opening.get(mailed(client))).cookies[SIGNERS.kind.cookie]
    answers = {}
    async with browser(**{SIGNERS.kind.cookie: cookie}) as client_browser:
        for route in routes():
            assert isinstance(route, Route)
            path = re.sub(
                r"{(\w+)(:\w+)?}", lambda found: str(names.get(found[1], client.document_id)), route.path
            )
            for method in {"GET", "POST"} & (route.methods or set()):
                answer = await client_browser.request(method, path)
                answers[route.path if method == "GET" else f"{method} {route.path}"] = answer
    assert answers[PDF].status_code == 200
    return answers
