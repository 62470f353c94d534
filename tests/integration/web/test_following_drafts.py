"""What a tab is told while a draft is written: all of its text before its end."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from contractflow.broker import changes, connections
from contractflow.broker.draft_stream import DraftWriter
from contractflow.broker.hub import hub
from contractflow.services.drafts import LiveDraft
from contractflow.web.following import draft_messages


@pytest.fixture(autouse=True)
async def hub_of_this_test(redis):
    yield
    hub().close()
    await asyncio.sleep(0)  # it hears that before its connection goes


async def test_a_row_that_is_done_before_the_last_words_came_does_not_cut_them_off(redis):
    document_id, draft_id, said, is_done = uuid4(), uuid4(), [], False

    async def check() -> LiveDraft:
        return LiveDraft("succeeded" if is_done else "running", not is_done, "", 0)

    async def finish(writer: DraftWriter) -> None:
        for word in ("and ", "the ", "rest."):
            await asyncio.sleep(0.15)
            writer.write(word)
        await writer.end("ready")

    async with DraftWriter(connections.async_redis(), draft_id, 1) as writer:
        writer.begin("gemini")
        writer.write("The beginning ")
        finishing = asyncio.create_task(finish(writer))
        async with asyncio.timeout(10):
            async for message in draft_messages(document_id, draft_id, (-1, 0), check, lambda: True):
                said.append(message)
                if not is_done:
                    is_done = True
                    await asyncio.to_thread(changes.announce, f"document:{document_id}")
        await finishing
    assert "".join(message.get("t", "") for message in said) == "The beginning and the rest."
    assert [message["d"] for message in said if "d" in message] == ["ready"]
