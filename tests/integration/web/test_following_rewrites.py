"""What a tab is told while a clause is rewritten: the change so far, from the stream to the message."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from contractflow.broker import connections
from contractflow.broker.draft_stream import DraftWriter
from contractflow.broker.hub import hub
from contractflow.services import documents, drafts
from contractflow.services.drafts import LiveRewrite
from contractflow.web.following import rewrite_messages
from tests import cast
from tests.integration.journey import a_draft, as_

pytestmark = pytest.mark.usefixtures("database", "redis_url")


@pytest.fixture(autouse=True)
async def hub_of_this_test(redis):
    yield
    hub().close()
    await asyncio.sleep(0)  # it hears that before its connection goes


def ordered() -> tuple[UUID, UUID]:
    document_id = a_draft(text="## 1. Scope\n\nWe build the website.")
    block = as_(cast.mia, documents.one, document_id).blocks[0].id
    return document_id, as_(cast.mia, drafts.rewrite, document_id, block, "stricter", str(uuid4()))


async def test_the_change_grows_with_the_text_and_ends_with_its_status(redis):
    document_id, draft_id = ordered()

    async def check() -> dict[UUID, LiveRewrite]:
        return await asyncio.to_thread(as_, cast.victor, drafts.live_rewrites, document_id, [draft_id])

    said = []
    async with DraftWriter(connections.async_redis(), draft_id, 1) as writer:
        async with asyncio.timeout(10):
            async for message in rewrite_messages(document_id, [draft_id, uuid4()], check, lambda: True):
                said.append(message)
                if len(said) == 1:
                    writer.begin("gemini")
                    writer.write("## 1. Scope\n\nWe shall build ")
                elif len(said) == 2:
                    writer.write("the website.")
                    await writer.end("ready")
    assert {message["j"] for message in said} == {str(draft_id)}
    assert said[0]["w"] == [("coming", "\nWe build the website.")]
    assert (said[0]["a"], said[0]["p"]) == ("Waiting for a free worker.", "")
    last = said[-1]
    assert (last["d"], last["p"]) == ("ready", "Gemini")
    assert last["w"] == [("same", "\nWe "), ("added", "shall "), ("same", "build the website.")]


async def test_who_follows_nothing_of_this_document_hears_nothing(redis):
    document_id, draft_id = ordered()

    async def check() -> dict[UUID, LiveRewrite]:
        return await asyncio.to_thread(as_, cast.rita, drafts.live_rewrites, document_id, [draft_id])

    async with asyncio.timeout(5):
        assert [m async for m in rewrite_messages(document_id, [draft_id], check, lambda: True)] == []
