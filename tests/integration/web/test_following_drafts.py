"""What a tab is told while a draft is written: all of its text before its end."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import uuid4

import pytest

from contractflow.broker import changes, connections
from contractflow.broker.draft_stream import DraftWriter
from contractflow.broker.hub import hub
from contractflow.services.drafts import LiveDraft
from contractflow.web import sockets
from contractflow.web.following import change_messages, draft_messages, snapshots


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


async def test_what_runs_for_a_tab_ends_when_its_socket_is_closed_and_does_not_wait_for_news(redis):
    """Long before it would look by itself; nothing is asked and nothing told any more."""
    document_id, draft_id, asked = uuid4(), uuid4(), []
    sockets.set_own("tab-1")
    is_there = partial(sockets.is_connected, "tab-1")

    async def check() -> LiveDraft:
        asked.append(1)
        return LiveDraft("running", True, "", 0)

    async def read(messages) -> None:
        async for _ in messages:
            pass

    running = [
        asyncio.create_task(read(messages))
        for messages in (
            draft_messages(document_id, draft_id, (-1, 0), check, is_there),
            change_messages(f"document:{document_id}", "it", check, is_there),
            snapshots(check, is_there, 60),
        )
    ]
    await asyncio.sleep(0.2)
    assert not any(task.done() for task in running)
    so_far = len(asked)
    sockets.gone("tab-1")
    async with asyncio.timeout(0.5):
        await asyncio.gather(*running)
    assert len(asked) == so_far
