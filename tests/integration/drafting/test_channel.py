"""From the worker to the screen: fenced writing, stopping, Redis going away, many readers of one connection."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from contractflow.broker import changes, connections
from contractflow.broker.breaker import FAILURES, Breaker
from contractflow.broker.draft_stream import (
    DraftView,
    DraftWriter,
    Stopped,
    Superseded,
    ask_to_stop,
    fence_key,
    stream_key,
)
from contractflow.broker.hub import Hub
from contractflow.ops.embedded import EmbeddedRedis


async def seen(redis, draft_id) -> DraftView:
    view = DraftView()
    for _, entry in await redis.xrange(stream_key(draft_id)):
        view.fold(entry)
    return view


async def reads(redis, draft_id, text: str) -> bool:
    return (await seen(redis, draft_id)).text == text


async def eventually(holds, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_a_reader_reads_what_was_written(redis):
    async with DraftWriter(redis, draft := uuid4(), 1) as writer:
        writer.begin("gemini")
        for number in range(200):
            writer.write(f"word{number} ")
            await asyncio.sleep(0.001)
        await writer.end("ready")
    view = await seen(redis, draft)
    assert (view.text, view.status, view.provider) == (writer.text, "ready", "gemini")
    assert await redis.xlen(stream_key(draft)) < 20
    assert 0 < await redis.ttl(stream_key(draft)) <= 900


async def test_a_lone_word_leaves_at_once(redis):
    """Not with the next one, and not after the pause that words of a burst make: seen in one of ten at least."""

    async def is_seen_at_once() -> bool:
        async with DraftWriter(redis, draft := uuid4(), 1) as writer:
            writer.begin("gemini")
            await asyncio.sleep(0.2)
            writer.write("now")
            await asyncio.sleep(0.03)
            return (await seen(redis, draft)).text == "now"

    assert any([await is_seen_at_once() for _ in range(10)])


async def test_a_worker_that_lost_its_claim_writes_nothing_more(redis):
    draft = uuid4()
    async with DraftWriter(redis, draft, 1) as zombie, DraftWriter(redis, draft, 2) as owner:
        zombie.begin("gemini")
        zombie.write("dead ")
        await eventually(lambda: reads(redis, draft, "dead "))
        owner.begin("openai")
        owner.write("alive")
        await eventually(lambda: reads(redis, draft, "alive"))
        refused = asyncio.Event()
        zombie.on_refusal = refused.set
        zombie.write("words")
        await asyncio.wait_for(refused.wait(), 5)
        assert isinstance(zombie.refusal, Superseded)
        with pytest.raises(Superseded):
            await zombie.end("failed")
        await owner.end("ready")
    view = await seen(redis, draft)
    assert (view.text, view.status) == ("alive", "ready")


@pytest.mark.parametrize("is_writing", [True, False])
async def test_stop_reaches_the_writer_within_a_second(redis, redis_url, is_writing):
    async with DraftWriter(redis, draft := uuid4(), 3) as writer:
        stopped = asyncio.Event()
        writer.on_refusal = stopped.set
        writer.begin("gemini")
        writer.write("half ")
        await eventually(lambda: reads(redis, draft, "half "))
        await asyncio.to_thread(ask_to_stop, connections.request_redis(), draft, 3)
        async with asyncio.timeout(1):
            while not stopped.is_set():
                if is_writing:
                    writer.write("x")
                await asyncio.sleep(0.01)
        assert isinstance(writer.refusal, Stopped)
        await writer.end("cancelled")
    view = await seen(redis, draft)
    assert (view.status, writer.text.startswith(view.text)) == ("cancelled", True)


async def test_stop_of_an_earlier_attempt_does_not_stop_the_next(redis, redis_url):
    draft = uuid4()
    await asyncio.to_thread(ask_to_stop, connections.request_redis(), draft, 1)
    async with DraftWriter(redis, draft, 2) as writer:
        writer.begin("gemini")
        writer.write("goes on")
        await writer.end("ready")
    assert (await seen(redis, draft)).text == "goes on"


@asynccontextmanager
async def own_redis(tmp_path, monkeypatch):
    """A Redis that a test may kill; without a file, so it comes back empty."""
    server = EmbeddedRedis(tmp_path, durable=False).start()
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", server.url())
    connections.settings.cache_clear()
    connections.forget_connections()
    try:
        yield server, connections.async_redis()
    finally:
        await connections.close_async()
        connections.forget_connections()
        connections.settings.cache_clear()
        server.stop()


async def test_the_draft_outlives_a_redis_that_comes_back_empty(tmp_path, monkeypatch):
    """Before, while away, after: viewer and newcomer read the same text as the writer, each character once."""
    async with own_redis(tmp_path, monkeypatch) as (server, redis):
        draft, hub = uuid4(), Hub()
        async with hub.follow(draft_ids=[draft]) as following, DraftWriter(redis, draft, 1) as writer:
            writer.begin("gemini")
            for number in range(60):
                writer.write(f"word{number} ")
                if number == 20:
                    server.stop()
                if number == 40:
                    server.start()
                await asyncio.sleep(0.03)
            await asyncio.sleep(1.5)
            await writer.end("ready")

            async def is_over() -> bool:
                await following.wait(0.2)
                return following.view(draft).is_over

            await eventually(is_over, 10)
            assert following.view(draft).text == writer.text
            assert (await seen(redis, draft)).text == writer.text
        hub.close()


async def test_late_joiners_and_slow_readers_get_the_whole_text_once(redis):
    hub, drafts = Hub(), [uuid4() for _ in range(20)]
    written: dict[object, str] = {}

    async def write(draft) -> None:
        async with DraftWriter(redis, draft, 1) as writer:
            for provider in ("gemini", "openai"):
                writer.begin(provider, "again" if provider == "openai" else "")
                for number in range(25):
                    writer.write(f"{provider}{number} ")
                    await asyncio.sleep(0.02)
            await writer.end("ready")
            written[draft] = writer.text

    async def read(draft, late: float) -> tuple[object, str]:
        await asyncio.sleep(late)
        async with hub.follow(draft_ids=[draft]) as following:
            while not following.view(draft).is_over:
                await following.wait(5)
                await asyncio.sleep(late / 4)
            return draft, following.view(draft).text

    async with asyncio.timeout(60):
        reading = [asyncio.create_task(read(draft, late)) for draft in drafts for late in (0, 0.4, 1.3)]
        await asyncio.gather(*(write(draft) for draft in drafts))
        for draft, text in await asyncio.gather(*reading):
            assert text == written[draft]
    entries = sum([await redis.xlen(stream_key(draft)) for draft in drafts])
    assert hub.reads <= entries + len(reading), (
        "one reader for all of them, woken once by each newcomer at most"
    )
    hub.close()


async def test_a_change_wakes_whoever_follows_the_topic_and_nobody_else(redis, redis_url):
    hub = Hub()
    async with hub.follow(topics=["document:1"]) as one, hub.follow(topics=["document:2"]) as two:
        await one.wait(0.1)
        await asyncio.to_thread(changes.announce, "document:1")
        assert await one.wait(2) == {changes.topic_key("document:1")}
        assert await two.wait(0.2) == set()
    async with hub.follow(topics=["document:1"]) as late:
        assert await late.wait(2), "what happened while the page loaded is told"
    hub.close()


async def test_a_newcomer_to_an_idle_hub_does_not_wait(redis):
    hub = Hub()
    async with hub.follow(topics=["nothing"]):
        await asyncio.sleep(0.3)
        async with DraftWriter(redis, draft := uuid4(), 1) as writer:
            writer.begin("gemini")
            writer.write("there")
            await asyncio.sleep(0.1)
        async with hub.follow(draft_ids=[draft]) as following:
            assert await following.wait(1)
            assert following.view(draft).text == "there"
    hub.close()


async def test_announcing_without_redis_costs_little_and_raises_nothing(monkeypatch, tmp_path):
    async with own_redis(tmp_path, monkeypatch) as (server, _):
        server.stop()
        changes.announce("document:1")


async def test_the_breaker_opens_after_some_failures_and_lets_one_probe_in(redis):
    breaker = Breaker(redis)
    for _ in range(FAILURES):
        assert await breaker.allows("gemini")
        await breaker.failed("gemini")
    assert not await breaker.allows("gemini")
    await redis.hset("cf:breaker:gemini", "open_until", "1")
    assert sorted(await asyncio.gather(*(breaker.allows("gemini") for _ in range(6)))) == [False] * 5 + [True]
    await breaker.succeeded("gemini")
    assert await breaker.allows("gemini")


async def test_the_breaker_waits_as_long_as_the_vendor_asked(redis):
    breaker = Breaker(redis)
    for _ in range(FAILURES):
        await breaker.failed("openai", retry_after=120)
    wait = int(await redis.hget("cf:breaker:openai", "open_until")) - (await redis.time())[0]
    assert 110 <= wait <= 120


async def test_fences_expire(redis):
    async with DraftWriter(redis, draft := uuid4(), 1) as writer:
        writer.begin("gemini")
        await writer.end("failed")
    assert await redis.ttl(fence_key(draft)) > 0


async def test_a_cancellation_that_is_lost_holds_nobody_up(redis, monkeypatch):
    """redis-py and `asyncio.timeout` may turn one into a TimeoutError when both come at once."""
    writer = DraftWriter(connections.async_redis(), uuid4(), 1)
    lost = asyncio.Event()

    async def look() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if lost.is_set():
                raise
            lost.set()
            raise TimeoutError from None

    monkeypatch.setattr(writer, "_look", look)
    monkeypatch.setattr("contractflow.broker.draft_stream.LOOK_SECONDS", 0.01)
    async with writer:
        await asyncio.sleep(0.1)
        leaving = asyncio.create_task(writer._fall_silent())
        done, _ = await asyncio.wait({leaving}, timeout=3)
    assert done
    assert lost.is_set()
