"""A browser's tab without the browser: the real socket, cookie and origin, and the events that the page would send."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import socketio
from reflex.state import OnLoadInternalState, State

from bench.ack.agencies import Worker
from contractflow.security.sessions import MEMBERS
from contractflow.state.document import DocumentState
from contractflow.state.live import LiveState

SPACE = "/_event"
DOCUMENT, LIVE = DocumentState.get_full_name(), LiveState.get_full_name()
HYDRATE = f"{State.get_full_name()}.hydrate_and_load"
ON_LOAD = f"{OnLoadInternalState.get_full_name()}.on_load_internal"
SECONDS = 30

Changes = dict[str, Any]


async def visitor(url: str) -> str:
    """The cookie that the first page gives to a browser."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/", headers={"accept": "text/html"})
    return answer.headers["set-cookie"].split(";")[0]


class Tab:
    """One tab of `worker`. `seen` is what the page's state says, `at` when the change arrived that is waited for."""

    def __init__(self, url: str, worker: Worker, visitor: str) -> None:
        self.url, self.worker, self.visitor = url, worker, visitor
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("event", self._received, namespace=SPACE)
        self.seen: Changes = {}
        self.router: dict[str, Any] = {}
        self._wanted: Callable[[Changes], object] | None = None
        self._arrived: asyncio.Future[float] | None = None
        self._is_closed = False

    async def open(self, document: UUID) -> None:
        """Sign in, connect, and wait until the document stands there."""
        cookie, _ = await MEMBERS.begin(
            str(self.worker.member.user_id), {"org": str(self.worker.member.org_id)}
        )
        self._look_at(document)
        headers = {
            "Origin": self.url,
            "Cookie": f"{self.visitor}; {MEMBERS.kind.cookie}={cookie}",
            "User-Agent": "bench",
        }
        loaded = self._expect(lambda page: page.get("page", {}).get("id") == str(document))
        boot = {"name": HYDRATE, "payload": {}, "router_data": self.router}
        await self.socket.connect(
            f"{self.url}?token={uuid4()}", headers=headers, auth={"event": boot}, socketio_path=SPACE,
            namespaces=[SPACE], transports=["websocket"],
        )  # fmt: skip
        await asyncio.wait_for(loaded, SECONDS)
        await self.send(f"{LIVE}.follow_feed", {"name": "feed"})
        await self._follow(document)

    async def turn_to(self, document: UUID) -> float:
        """Follow a link inside the app; the seconds until the document stands there."""
        self._look_at(document)
        seconds = await self.until(ON_LOAD, {}, lambda page: page["page"]["id"] == str(document))
        await self._follow(document)
        return seconds

    async def draft(self) -> float:
        """Click *Draft with AI*; the seconds until the page says that it is queued."""
        order = {"key": self.seen["page"]["draft_key"]}
        before = self.seen["draft"]["job_id"]
        seconds = await self.until(
            f"{DOCUMENT}.generate", order,
            lambda page: page["draft"]["job_id"] != before and page["draft"]["status"] in ("queued", "streaming"),
        )  # fmt: skip
        job = {
            "document_id": self.seen["page"]["id"],
            "job": self.seen["draft"]["job_id"],
            "epoch": -1,
            "offset": 0,
        }
        await self.send(f"{LIVE}.follow_draft", job)
        return seconds

    async def nothing(self) -> float:
        """An event that only says its own name: the guard, the policy, the state, the socket, and no verb."""
        name = f"bench-{uuid4()}"
        return await self.until(
            f"{DOCUMENT}.open_dialog", {"name": name}, lambda page: page["dialog"] == name
        )

    async def until(self, event: str, payload: Changes, wanted: Callable[[Changes], object]) -> float:
        """Send `event`; the seconds until a change arrives after which `wanted` holds."""
        arrived = self._expect(wanted)
        started = time.perf_counter()
        await self.send(event, payload)
        return await asyncio.wait_for(arrived, SECONDS) - started

    async def send(self, event: str, payload: Changes) -> None:
        """Nothing once the tab is closed: what was still going to be asked is nobody's question any more."""
        if self._is_closed:
            return
        sent = {"name": event, "payload": payload, "router_data": self.router}
        await self.socket.emit("event", sent, namespace=SPACE)

    async def close(self) -> None:
        self._is_closed = True
        await self.socket.disconnect()

    def _look_at(self, document: UUID) -> None:
        path = f"/documents/{document}"
        self.router = {"pathname": path, "asPath": path, "query": {"document_id": str(document)}}

    async def _follow(self, document: UUID) -> None:
        await self.send(f"{LIVE}.follow_document", {"document_id": str(document)})

    def _expect(self, wanted: Callable[[Changes], object]) -> asyncio.Future[float]:
        self._wanted, self._arrived = wanted, asyncio.get_running_loop().create_future()
        return self._arrived

    async def _received(self, update: Changes) -> None:
        now = time.perf_counter()
        changed = (update.get("delta") or {}).get(DOCUMENT)
        if not changed:
            return
        self.seen |= {name.removesuffix("_rx_state_"): value for name, value in changed.items()}
        if self._arrived and not self._arrived.done() and self._wanted and self._wanted(self.seen):
            self._arrived.set_result(now)
