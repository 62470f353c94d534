"""A thousand frames a second, for as long as the server lets them; whoever is cut off comes back as somebody else.

    python -m tests.integration.web.flood ADDRESS FROM

Each line on its input starts or stops it, which it confirms; in the end it says what went out.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

from tests.integration.web.raw_socket import FIND, raw_socket
from tests.integration.web.test_door import Browser

EVENT = json.dumps(
    ["event", {"name": FIND, "payload": {"form": {"code": "x"}}, "router_data": {}}], separators=(",", ":")
)


@dataclass
class Flood:
    address: str
    at: str
    sent: int = 0
    cut: int = 0

    async def run(self) -> None:
        while True:
            with suppress(aiohttp.WSServerHandshakeError, AssertionError):
                await self._as_somebody()
            await asyncio.sleep(0.1)

    async def _as_somebody(self) -> None:
        async with Browser(self.address) as mallory:
            await mallory.get("/")
            async with raw_socket(mallory, secrets.token_hex(8), at=self.at) as raw:
                try:
                    while True:
                        for _ in range(20):
                            await raw.say(f"42/_event,{EVENT}")
                            self.sent += 1
                        await asyncio.sleep(0.02)
                except (aiohttp.ClientError, ConnectionError):
                    self.cut += 1


async def main() -> None:
    flood, running = Flood(*sys.argv[1:3]), None
    while await asyncio.to_thread(sys.stdin.readline):
        if running:
            running.cancel()
            running = None
        else:
            running = asyncio.create_task(flood.run())
            while flood.sent == 0:
                await asyncio.sleep(0.01)
        print("switched", flush=True)  # noqa: T201
    print(f"{flood.sent} frames were sent; {flood.cut} times it was cut off")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
