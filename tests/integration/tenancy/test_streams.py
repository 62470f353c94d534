"""The live streams: the words of a draft that is being written, and that a document changed."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from contractflow.broker import changes, connections
from contractflow.broker.draft_stream import DraftWriter
from contractflow.broker.hub import hub
from contractflow.errors import NotAllowed, NotFound
from contractflow.permissions import Visitor
from contractflow.services import documents, drafts, portal
from contractflow.web.following import change_messages, draft_messages, rewrite_messages
from contractflow.web.threads import perform
from tests import cast
from tests.integration.tenancy.world import SECRET


@pytest.fixture
async def writing(world):
    """Northlight's draft, with words in its stream for whoever is let near it."""
    async with DraftWriter(connections.async_redis(), world.theirs["draft"]["draft_id"], 1) as writer:
        writer.begin("gemini")
        writer.write(f"{SECRET} begins")
        await asyncio.sleep(0.1)
        yield writer
    hub().close()
    await asyncio.sleep(0)
    await connections.close_async()


async def heard(messages) -> list:
    """What a tab is told until it is refused, at most for half a second."""
    told: list = []
    try:
        async with asyncio.timeout(0.5):
            async for message in messages:
                told.append(message)  # noqa: PERF401  what came before the refusal counts
    except (NotFound, NotAllowed) as refusal:
        told.append(refusal)
    except TimeoutError:
        told.append("still listening")
    return told


def mixed(world) -> list[tuple]:
    """Both ids theirs; one's own document with their draft; their document with one's own draft."""
    theirs, ours = world.theirs["draft"], world.ours
    return [
        (theirs["document_id"], theirs["draft_id"]),
        (ours["document_id"], theirs["draft_id"]),
        (theirs["document_id"], ours["draft_id"]),
    ]


async def test_somebody_inside_hears_every_word(world, writing):
    document, draft = world.theirs["draft"]["document_id"], world.theirs["draft"]["draft_id"]
    check = partial(perform, cast.mia, drafts.live, document, draft)
    assert SECRET in str(await heard(draft_messages(document, draft, (-1, 0), check, lambda: True)))


@pytest.mark.parametrize("who", ["rita", "other", "nobody"])
async def test_nobody_else_hears_a_word_of_a_draft(world, writing, who):
    actor = {"rita": cast.rita, "other": world.other, "nobody": Visitor()}[who]
    for document, draft in mixed(world):
        check = partial(perform, actor, drafts.live, document, draft)
        (only,) = await heard(draft_messages(document, draft, (-1, 0), check, lambda: True))
        assert isinstance(only, (NotFound, NotAllowed)), (document, draft)


async def test_a_rewrite_is_not_told_among_ones_own(world, writing):
    theirs, ours = world.theirs["draft"], world.ours
    asked = [theirs["draft_id"], world.theirs["rewrite"]["draft_id"], ours["draft_id"]]
    for document in (theirs["document_id"], ours["document_id"]):
        check = partial(perform, cast.rita, drafts.live_rewrites, document, asked)
        told = await heard(rewrite_messages(document, asked, check, lambda: True))
        assert SECRET not in str(told)
        assert str(theirs["draft_id"]) not in str(told)


async def test_that_a_document_changed_is_told_to_nobody_else(world, writing):
    document = world.theirs["draft"]["document_id"]
    for actor, verb in (
        (cast.rita, documents.follow),
        (world.other, portal.follow),
        (Visitor(), documents.follow),
    ):
        check = partial(perform, actor, verb, document)
        (only,) = await heard(change_messages(f"document:{document}", str(document), check, lambda: True))
        assert isinstance(only, (NotFound, NotAllowed)), actor


async def test_ones_own_topic_says_nothing_of_theirs(world, writing):
    ours, theirs = f"document:{world.ours['document_id']}", f"document:{world.theirs['draft']['document_id']}"
    async with hub().follow(topics=[ours]) as following:
        await following.wait(0.05)
        for topic in (theirs, f"org:{cast.NORTHLIGHT}"):
            await asyncio.to_thread(changes.announce, topic)
        assert await following.wait(0.3) == set()
        await asyncio.to_thread(changes.announce, ours)
        assert await following.wait(2) != set()
