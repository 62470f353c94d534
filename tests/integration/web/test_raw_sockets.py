"""A socket in the hands of somebody who writes frames by hand: refused, logged, and nobody else notices."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
import pytest

from contractflow.ops.serving import ROOT
from contractflow.state.document import DocumentState
from contractflow.state.documents import DocumentsState
from contractflow.state.frame import FrameState
from contractflow.state.members import MembersState
from contractflow.state.review import ReviewState
from contractflow.state.verify import VerifyState
from contractflow.web import frames
from contractflow.web.arrivals import UNUSABLE
from contractflow.web.principal import NOT_HERE
from tests.integration.web.raw_socket import FIND, RawSocket, raw_socket
from tests.integration.web.test_door import BOOT, ROOT_STATE, Browser, heard, olivia, rita

__all__ = ["olivia", "rita"]
pytestmark = pytest.mark.timeout(120)

FRAME, DOCUMENT, VERIFY = (s.get_full_name() for s in (FrameState, DocumentState, VerifyState))
REVIEW, MEMBERS = ReviewState.get_full_name(), MembersState.get_full_name()


@pytest.fixture
async def eve(served: str):
    """A stranger with a browser of her own, and what she needs to open a socket."""
    async with Browser(served) as browser:
        await browser.get("/")
        yield browser


def token() -> str:
    return secrets.token_hex(8)


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": ""}, {"cookie": ""}, {"cookie": "__Host-cf_visitor=x"}],
    ids=["foreign origin", "null origin", "no origin", "no cookie", "forged cookie"],
)  # fmt: skip
async def test_a_handshake_from_elsewhere_is_refused(eve: Browser, headers: dict[str, str]) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with raw_socket(eve, token(), **headers):
            pass
    assert refused.value.status == 403


async def test_there_is_no_way_around_the_socket(eve: Browser) -> None:
    """Long polling would carry the same packets in plain requests, which nobody counts."""
    for method in ("get", "post"):
        answer = await getattr(eve, method)(f"/_event/?token={token()}&EIO=4&transport=polling")
        assert answer.status_code == 403


async def test_a_foreign_token_is_worth_nothing(olivia: Browser, eve: Browser) -> None:
    await olivia.sign_up()
    theirs = token()
    async with olivia.socket(theirs) as tab:
        assert await heard(tab, "is_hydrated")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with raw_socket(eve, theirs):
            pass
    assert refused.value.status == 403


async def test_a_connection_cannot_be_made_up_within_a_socket(olivia: Browser, eve: Browser) -> None:
    """An event called "connect" reached Reflex's own handler, with an environment of the attacker's choice."""
    await olivia.sign_up()
    theirs = token()
    async with olivia.socket(theirs) as tab:
        assert await heard(tab, "is_hydrated")
        await tab.emit(
            "event", {"name": f"{FRAME}.load", "payload": {}, "router_data": BOOT["router_data"]}, "/_event"
        )
        assert await heard(tab, "Northlight Studio")
    async with raw_socket(eve, token(), at="127.0.3.4") as raw:
        await raw.emit("connect", {"QUERY_STRING": f"token={theirs}", "asgi.scope": {}})
        assert await raw.is_cut()
        assert "Northlight" not in str(raw.heard)
        assert raw.ended_with == frames.GOING_TOO_FAR


async def test_a_forged_header_makes_nobody_a_member(olivia: Browser, eve: Browser) -> None:
    await olivia.sign_up()
    async with raw_socket(eve, token(), authorization="contractflow somebody - v") as raw:
        await raw.send(f"{FRAME}.load")
        assert await raw.hears("/login?reason=ended")
        assert "Northlight" not in str(raw.heard)


UNDECLARED = [
    (f"{VERIFY}.setvar", {"var_name": "page", "value": "x"}),
    (f"{DOCUMENT}._id", {}),  # a helper
    (f"{DOCUMENT}.reset", {}),  # a method of Reflex
    (f"{VERIFY}.no_such_handler", {}),
    (f"{ROOT_STATE}.hydrate", {}),  # an internal one
    (f"{ROOT_STATE}.update_vars_internal_state.update_vars_internal", {"vars": {"x": 1}}),
    ("contractflow.services.members.invite", {}),
    ("__import__", {}),
    ("x" * 5000, {}),
    ("\ud800", {}),
]
WRONG_ARGUMENTS = [
    (FIND, {}),
    (FIND, {"form": "text"}),
    (FIND, {"form": [1, 2]}),
    (FIND, {"form": {"code": {"nested": []}}}),
    (FIND, {"form": {"__reflex_form_data__": [["code"], 7]}}),
    (FIND, {"form": {"code": "x"}, "self": "x"}),
    (FIND, {"form": {f"f{n}": "" for n in range(101)}}),
    (f"{DOCUMENT}.save_block", {"block_id": 1, "md": [], "base": None}),
    (f"{DOCUMENT}.save_block", {"block_id": "b", "md": "x" * 500_001, "base": ""}),
    (f"{MEMBERS}.show_form", {"is_open": "yes"}),
    (f"{REVIEW}.approve", {"version_id": 10**400}),
    (f"{ROOT_STATE}.hydrate_and_load", {"vars": {"a": {"b": 1}}}),
    (f"{ROOT_STATE}.hydrate_and_load", {"hashes": [[]]}),
]
NO_ADDRESSES = ["x", [1], {"query": "x"}, {"asPath": 7}, {"query": {"q": {"a": 1}}}, {"asPath": "/\x00"},
                {"query": {"q": "\ud800"}}, {"asPath": "x" * 5000}]  # fmt: skip
NO_EVENTS = ["text", 7, None, [], ["x"], {"name": 7}, {"payload": {}}, {"name": FIND, "payload": [1]}]
UNSTORABLE = ["a\x00b", "a\ud800b"]
OF_NO_PAGE = [
    '42/_event,["disconnect"]', '42/_event,["emit_update",{}]', '42/_event,["\\u0065vent",{}]', '42["event",{}]',
    '43/_event,0[]', '45/_event,1-["event",{"_placeholder":true,"num":0}]', "2probe", "5", "6", "nonsense", b"\x04x",
]  # fmt: skip


@pytest.mark.parametrize(
    "cases", [UNDECLARED, WRONG_ARGUMENTS], ids=["undeclared handlers", "wrong arguments"]
)
async def test_what_nobody_may_call_so_is_refused(
    eve: Browser, cases: list[tuple[str, dict[str, object]]]
) -> None:
    async with raw_socket(eve, token()) as raw:
        for name, payload in cases:
            await raw.send(name, payload)
            assert await raw.hears(NOT_HERE), (name[:100], str(payload)[:100])
            raw.heard.clear()
        assert await still_answers(raw)


async def test_an_event_is_one_on_a_page_and_its_text_can_be_kept(eve: Browser) -> None:
    async with raw_socket(eve, token()) as raw:
        for event in NO_EVENTS:
            await raw.emit("event", event)
            assert await raw.hears(NOT_HERE), event
            raw.heard.clear()
        for router in NO_ADDRESSES:
            await raw.send(FIND, {"form": {"code": "abc"}}, router_data=router)
            assert await raw.hears(NOT_HERE), router
            raw.heard.clear()
        for code in UNSTORABLE:
            await raw.send(FIND, {"form": {"code": code}})
            assert await raw.hears(UNUSABLE), code
            raw.heard.clear()
        assert await still_answers(raw)


async def test_frames_that_no_page_sends_end_the_socket(served: str) -> None:
    for number, frame in enumerate(OF_NO_PAGE):
        async with Browser(served) as browser:
            await browser.get("/")
            async with raw_socket(browser, token(), at=f"127.0.2.{number + 1}") as raw:
                await raw.say(frame)
                assert await raw.is_cut(), frame
                assert raw.ended_with == frames.GOING_TOO_FAR


async def test_deep_json_breaks_nothing(eve: Browser) -> None:
    async with raw_socket(eve, token(), at="127.0.3.1") as raw:
        await raw.say('42/_event,["event",' + "[" * 200_000 + "]" * 200_000 + "]")
        assert await still_answers(raw) or raw.is_closed
    async with raw_socket(eve, token()) as raw:
        assert await still_answers(raw)


async def test_an_oversize_frame_ends_the_socket_and_the_next_one_waits(eve: Browser) -> None:
    async with raw_socket(eve, token(), at="127.0.3.2") as raw:
        await raw.say('42/_event,["event",{"name":"' + "x" * frames.LARGEST + '"}]')
        assert await raw.is_cut()
        assert raw.ended_with == frames.TOO_LARGE
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with raw_socket(eve, token()):
            pass


async def test_who_sends_too_many_is_cut_off_with_a_reason_and_the_log_says_so(eve: Browser, web_log) -> None:
    async with raw_socket(eve, token(), at="127.0.3.3") as raw:
        for _ in range(100):
            await raw.send(FIND, {"form": {"code": "x"}})
        assert await raw.is_cut()
        assert raw.ended_with == frames.TRY_LATER
    assert "closed a socket: too many frames" in web_log()


async def test_a_thousand_frames_a_second_slow_nobody_else_down(olivia: Browser, served: str) -> None:
    """Windows with and without the flood take turns, so that a busy machine is busy for both."""
    await olivia.sign_up()
    async with raw_socket(olivia, token()) as neighbour:
        await answers(neighbour, 10)  # warm
        for attempt in range(3):
            calm, beside = [], []
            with flood(served, at=f"127.0.4.{attempt + 1}") as switch:
                for _ in range(3):
                    calm += await answers(neighbour, 20)
                    switch()
                    beside += await answers(neighbour, 20)
                    switch()
            before, during = statistics.median(calm), statistics.median(beside)
            print(f"a neighbour's event: {before * 1000:.1f} ms, beside the flood {during * 1000:.1f} ms")  # noqa: T201
            if during <= before * 1.2:
                break
            assert attempt < 2, f"{before * 1000:.1f} → {during * 1000:.1f} ms"


async def answers(neighbour: RawSocket, times: int) -> list[float]:
    """Seconds from a click to its answer, each."""
    taken = []
    for _ in range(times):
        neighbour.heard.clear()
        begun = time.perf_counter()
        await neighbour.send(f"{DocumentsState.get_full_name()}.filter", {"status": "draft"})
        assert await neighbour.hears("/documents?status=draft")
        taken.append(time.perf_counter() - begun)
        await asyncio.sleep(0.06)  # as a person would, and below what a socket may
    return taken


async def still_answers(raw: RawSocket) -> bool:
    await raw.send(FIND, {"form": {"code": "abc"}})
    return await raw.hears("/verify/abc")


@contextmanager
def flood(served: str, at: str) -> Iterator[Callable[[], None]]:
    """In a process of its own, so that it takes nothing from the one that measures; yields its switch."""
    attacker = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.web.flood", served, at],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert attacker.stdin
    assert attacker.stdout

    def switch() -> None:
        attacker.stdin.write("\n")
        attacker.stdin.flush()
        assert attacker.stdout.readline()  # it began, or ended

    yield switch
    said, _ = attacker.communicate(timeout=20)
    print(said.strip())  # noqa: T201
    frames_sent, times_cut = (int(word) for word in said.split() if word.isdigit())
    assert frames_sent > 60 * times_cut > 0
