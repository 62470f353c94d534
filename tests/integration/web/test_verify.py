"""The public page of a code, through the whole pipeline of events, and the file that is dropped on it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import State
from reflex_base.constants.route import RouteArgType
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from contractflow.api import api
from contractflow.contractflow import app
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Artifact, Document
from contractflow.security import rate_limits
from contractflow.security.rate_limits import Limit
from contractflow.services.verification import Verified
from contractflow.state.verify import VerifyState
from contractflow.web.principal import HEADER, Families
from contractflow.web.verifying import UNKNOWN
from tests import builders, cast
from tests.integration.journey import seal

pytestmark = pytest.mark.usefixtures("database", "redis", "own_key")

VERIFY = VerifyState.get_full_name()
State.setup_dynamic_args({"code": RouteArgType.SINGLE})  # as /verify/[code] does when the app is made


@pytest.fixture
def sealed() -> Artifact:
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work)
        work.record("document:send", "document", document.id, document_id=document.id)
    return seal(document)


def code_of(artifact: Artifact) -> str:
    with unit_of_work(cast.northlight) as work:
        return work.db.get_one(Document, artifact.document_id).verify_code or ""


async def send(event: str, code: str = "", **payload: Any) -> tuple[Verified | None, list[Event]]:
    """What a stranger's page shows after one event, and what else the browser was told."""
    shown: list[Verified] = []
    told: list[Event] = []

    class Namespace:
        async def emit_update(self, update, token):
            changed = update.delta.get(VERIFY, {})
            shown.extend([changed["page_rx_state_"]] if "page_rx_state_" in changed else [])
            told.extend(update.events)

    router = {
        "path": "/verify/[code]", "asPath": f"/verify/{code}", "query": {"code": code}, "ip": "192.0.2.9",
        "headers": {HEADER: Families(visitor="v").packed(), "user-agent": "pytest", "origin": "http://x"},
        "token": "t", "sid": "s",
    }  # fmt: skip
    with app.set_contexts():
        processor = BaseStateEventProcessor(
            middleware=app, backend_exception_handler=app.backend_exception_handler
        )
        processor.configure(state_manager=StateManagerMemory(), event_namespace=Namespace())
        async with processor:
            asked = Event(name=f"{VERIFY}.{event}", payload=payload, router_data=router)
            await (await processor.enqueue("t", asked)).wait_all()
            await asyncio.sleep(0.02)
    return shown[-1] if shown else None, told


async def post(code: str, pdf: bytes) -> httpx.Response:
    transport = httpx.ASGITransport(app=api())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.post(f"/api/verify/{code}", content=pdf)


async def test_a_stranger_sees_what_the_certificate_prints_and_no_more(sealed: Artifact) -> None:
    page, _ = await send("load", code_of(sealed))
    assert page is not None
    assert (page.problem, page.is_sealed, page.file_sha256) == ("", True, sealed.sha256.hex())
    assert (page.chain_head, page.is_chain_kept) == ((sealed.seal or {})["chain_head"], True)
    assert [(s.name, bool(s.signed_at)) for s in page.signers] == [("C. Client", True)]
    assert cast.clara.email not in str(page)
    assert "Launch campaign" not in str(page)


async def test_a_chain_that_says_something_else_now_is_told(sealed: Artifact, database) -> None:
    with database.admin() as admin:  # as somebody who got around every rule of the database
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE audit_event SET hash = sha256('other') WHERE seq = %s", [sealed.seal["chain_seq"]]
        )
    page, _ = await send("load", code_of(sealed))
    assert page is not None
    assert not page.is_chain_kept


@pytest.mark.parametrize("code", ["unknown-code-1234", "x", "' OR 1=1 --"])
async def test_an_unknown_code_gets_a_sentence(code: str) -> None:
    page, _ = await send("load", code)
    assert page == Verified(code=code, problem=UNKNOWN)


@pytest.mark.parametrize("typed", ["{code}", "  {code} ", "https://contractflow.example/verify/{code}/"])
async def test_the_code_or_its_whole_link_leads_to_its_page(typed: str) -> None:
    _, told = await send("find", form={"code": typed.format(code="abc-DEF_1234")})
    assert [event.payload["path"] for event in told] == ["/verify/abc-DEF_1234"]


async def test_whoever_guesses_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "VERIFY_BY_ADDRESS", Limit("verify_by_address", 1, 60))
    await send("load", "unknown-code-1234")
    page, _ = await send("load", "unknown-code-1234")
    assert page is not None
    assert page.problem.startswith("Too many attempts.")


async def test_a_dropped_file_is_intact_changed_or_another(sealed: Artifact) -> None:
    code = code_of(sealed)
    with unit_of_work(cast.northlight) as work:
        other, _ = builders.a_signed_document(work)
    stolen = (await asyncio.to_thread(seal, other)).content or b""
    content = sealed.content or b""
    answers = [await post(code, file) for file in (content, content + b" ", stolen, b"hello")]
    assert [answer.json()["outcome"] for answer in answers] == ["intact", "changed", "other", "other"]
    assert [answer.json()["is_genuine"] for answer in answers] == [True, False, False, False]
    assert (await post("unknown-code-1234", content)).status_code == 404
