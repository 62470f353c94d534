"""The PDF over HTTP: for the member or the client whose session came along, and for nobody else."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from contractflow.api import api
from contractflow.db.unit_of_work import unit_of_work
from contractflow.jobs import signing
from contractflow.security.links import token_hash
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.services import sealing
from contractflow.services.portal_links import LinkKind, PortalLink, Target
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("database", "redis", "own_key")


@pytest.fixture
def sent():
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_sent_document(work, title="Größe & “Maß”")
        signer.token_hmac = token_hash("the mailed token")
    return document, signer


async def get(path, *cookies: tuple[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app=api())
    header = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies)} if cookies else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(path, headers=header)


async def post(path, body: bytes) -> httpx.Response:
    transport = httpx.ASGITransport(app=api())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.post(path, content=body)


async def as_member(member) -> tuple[str, str]:
    cookie, _ = await MEMBERS.begin(str(member.user_id), {"org": str(member.org_id)})
    return MEMBERS.kind.cookie, cookie


async def as_client(document, signer) -> tuple[str, str]:
    target = Target(cast.NORTHLIGHT, document.id, signer.id)
    link = PortalLink(LinkKind.SIGNING, token_hash("the mailed token"), target, signer.id, signer.name)
    cookie, _ = await SIGNERS.begin(str(signer.id), link.facts)
    return SIGNERS.kind.cookie, cookie


async def test_a_member_and_the_client_get_the_pdf(sent):
    document, signer = sent
    for cookie in (await as_member(cast.victor), await as_client(document, signer)):
        answer = await get(f"/api/documents/{document.id}/pdf", cookie)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert "filename*=UTF-8''" in answer.headers["content-disposition"]
        assert "Gr%C3%B6%C3%9Fe" in answer.headers["content-disposition"]


async def test_nobody_else_gets_it(sent):
    document, signer = sent
    path = f"/api/documents/{document.id}/pdf"
    assert (await get(path)).status_code == 401
    assert (await get(path, ("__Host-cf_session", "forged"))).status_code == 401
    assert (await get(path, await as_member(cast.rita))).status_code == 404
    assert (await get(f"/api/documents/{uuid4()}/pdf", await as_client(document, signer))).status_code == 404
    assert (await get("/api/documents/../../etc/passwd/pdf")).status_code == 404


async def test_a_browser_with_both_sessions_gets_what_either_may_see(sent):
    document, signer = sent
    both = (await as_member(cast.rita), await as_client(document, signer))
    assert (await get(f"/api/documents/{document.id}/pdf", *both)).status_code == 200


async def test_a_recalled_document_is_closed_to_its_client(sent):
    document, signer = sent
    cookie = await as_client(document, signer)
    with unit_of_work(cast.northlight) as work:
        row = work.db.get_one(type(signer), signer.id)
        row.token_hmac = None
    assert (await get(f"/api/documents/{document.id}/pdf", cookie)).status_code == 401


async def test_an_empty_document_says_why_there_is_nothing(sent):
    with unit_of_work(cast.northlight) as work:
        empty = builders.a_document(work)
    answer = await get(f"/api/documents/{empty.id}/pdf", await as_member(cast.mia))
    assert (answer.status_code, answer.text) == (
        409,
        "There is nothing to print yet. Write or draft the document first.",
    )


async def test_a_file_is_checked_without_an_account(sent):
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work)
        work.record("signer:sign", "document", document.id, document_id=document.id)
    await asyncio.to_thread(signing.seal, str(document.org_id), str(document.id))
    with unit_of_work(cast.northlight) as work:
        code = work.db.get_one(type(document), document.id).verify_code
        pdf = sealing.download(work, document.id).content
    assert (await post(f"/api/verify/{code}", pdf)).json()["is_genuine"] is True
    assert (await post(f"/api/verify/{code}", pdf[:-1])).json()["is_genuine"] is False
    assert (await post("/api/verify/no-such-code", pdf)).status_code == 404
    assert (await post(f"/api/verify/{code}", b"%PDF-" + b"x" * 25_000_000)).status_code == 413
