"""The floor: what the same chunks take through the same Redis when nothing is done but passing them on."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode
from uuid import uuid4

from bench.ack.product import Product
from bench.drafting.measured import Order, Run, Seen, Watch, seen, what_is_wrong
from bench.processes import family
from contractflow.ops.serving import ROOT

SECONDS_TO_START = 60
LATEST = 60
_EVENT = re.compile(rb"data: (\".*\")\n")


class Floor:
    def __init__(self, product: Product, port: int, relay: int, pen: int) -> None:
        self._product, self.port, self._relay, self._pen = product, port, relay, pen

    def processes(self) -> dict[str, list[int]]:
        redis = self._product.processes()["redis"]
        return {"web": family(self._relay), "worker": family(self._pen), "redis": redis}

    async def measure(self, order: Order) -> Run:
        watch = Watch(self.processes)
        waits = [order.ramp * number / order.drafts for number in range(order.drafts)]
        seens = await asyncio.gather(*(self._watch(order, wait) for wait in waits))
        return Run(order, seens, *watch.stop())

    async def _watch(self, order: Order, after: float) -> Seen:
        await asyncio.sleep(after)
        query = urlencode(order.for_provider() | {"key": f"bench:{uuid4()}"})
        clicked = time.monotonic()
        _, reading = await asyncio.get_running_loop().create_connection(_Reading, "127.0.0.1", self.port)
        reading.ask(f"/draft?{query}")
        async with asyncio.timeout(order.seconds + LATEST):
            await reading.over.wait()
        found = seen(clicked, reading.came[0][0] - clicked, reading.texts())
        found.wire = sum(len(data) for _, data in reading.came)
        found.trouble = what_is_wrong(found.text, order.chunks)
        return found


class _Reading(asyncio.Protocol):
    """The client: it notes when bytes came and reads them afterwards."""

    def __init__(self) -> None:
        self.came: list[tuple[float, bytes]] = []
        self.over = asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def ask(self, path: str) -> None:
        self._transport.write(
            f"GET {path} HTTP/1.1\r\nHost: floor\r\nAccept: text/event-stream\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.came.append((time.monotonic(), data))
        if b"event: end" in data:
            self._transport.close()
            self.over.set()

    def texts(self) -> Iterator[tuple[float, str]]:
        whole, position = b"", 0
        for at, data in self.came:
            whole += data
            for event in _EVENT.finditer(whole, position):
                position = event.end()
                yield at, json.loads(event[1])


@contextmanager
def floor(product: Product, port: int) -> Iterator[Floor]:
    """The relay on `port` and its writer, until the end of the block."""
    server = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--no-access-log", "--log-level", "warning", "bench.drafting.relay:app",
    ]  # fmt: skip
    pen = [sys.executable, "-m", "bench.drafting.pen"]
    started = [subprocess.Popen(argv, cwd=ROOT, env=os.environ) for argv in (server, pen)]
    try:
        _wait(port)
        yield Floor(product, port, *(process.pid for process in started))
    finally:
        for process in started:
            process.terminate()
            process.wait(30)


def _wait(port: int) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=3).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the floor did not start")
