"""One post: to the address that was looked at, with limits of time and size, and no way on from there."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import Final

import httpx

from contractflow.integrations.outgoing.addresses import Refused, resolved

SECONDS: Final = 10.0
"""For all of it: name, connection, answer."""
KEPT: Final = 500
"""Characters of the answer that the log shows."""
READ: Final = 2000
"""Bytes that are read of it."""
LONGEST_WISH: Final = 6 * 3600
"""Seconds of a Retry-After that we follow."""
AGENT: Final = "ContractFlow-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """`status` is None when there was none, and `said` why. `wait`: what it asked us to wait, in seconds."""

    status: int | None
    said: str
    took_ms: int
    wait: int = 0

    @property
    def is_taken(self) -> bool:
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)

    @property
    def is_gone(self) -> bool:
        """It says that it will never take one again (Standard Webhooks: stop sending)."""
        return self.status == HTTPStatus.GONE


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post `body` (JSON) to `url` once. Never raises: what goes wrong is the answer."""
    began = time.monotonic()

    def answer(status: int | None, said: str, wait: int = 0) -> Answer:
        return Answer(status, _legible(said), round((time.monotonic() - began) * 1000), wait)

    try:
        async with asyncio.timeout(SECONDS):
            return answer(*await _post(url, body, headers))
    except Refused as refused:
        return answer(None, str(refused))
    except TimeoutError:
        return answer(None, f"No answer within {SECONDS:.0f} seconds.")
    except (httpx.HTTPError, OSError, ValueError) as problem:
        return answer(None, _reason(problem))


async def _post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, int]:
    target = await resolved(url)
    sent = {
        **headers,
        "host": target.url.netloc,
        "content-type": "application/json",
        "user-agent": AGENT,
        "accept-encoding": "identity",  # a packed answer could unpack to anything
    }
    # trust_env: a proxy of the environment would resolve the name itself, and lead where we do not look.
    async with httpx.AsyncClient(verify=_tls(), timeout=SECONDS, trust_env=False) as http:
        request = http.build_request(
            "POST", target.numeric, content=body, headers=sent, extensions={"sni_hostname": target.host}
        )
        reply = await http.send(request, stream=True, follow_redirects=False)
        try:
            said = await _beginning(reply)
        finally:
            await reply.aclose()
    return reply.status_code, said, _wait(reply.headers.get("retry-after", ""))


async def _beginning(reply: httpx.Response) -> str:
    read = b""
    async for piece in reply.aiter_raw(READ):
        read += piece
        if len(read) >= READ:
            break
    return read[:READ].decode("utf-8", "replace")


def _wait(asked: str) -> int:
    """Retry-After in seconds or as a date; nothing for what is neither."""
    try:
        seconds = int(asked) if asked.isdigit() else parsedate_to_datetime(asked).timestamp() - time.time()
    except (ValueError, TypeError):
        return 0
    return max(0, min(LONGEST_WISH, int(seconds)))


def _reason(problem: Exception) -> str:
    """Of the innermost problem, in few words: names of classes are for us, these are for the person."""
    if isinstance(problem, httpx.ConnectError | OSError) and "CERTIFICATE" in str(problem).upper():
        return "The certificate cannot be trusted."
    if isinstance(problem, httpx.ConnectError | OSError):
        return f"No connection: {problem}"
    if isinstance(problem, httpx.RemoteProtocolError | httpx.ReadError):
        return "The connection broke before there was an answer."
    return f"No answer: {type(problem).__name__}"


def _legible(said: str) -> str:
    return "".join(one if one.isprintable() else " " for one in said).strip()[:KEPT]


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
