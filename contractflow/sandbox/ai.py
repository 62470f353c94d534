"""Gemini and OpenAI as their SDKs see them, writing a contract for the brief in the prompt.

Faults (`POST /faults {"gemini": [...], "openai": [...]}`), each with optional `interval` (seconds between chunks),
`delay` (seconds) and `at` (which share of the text comes first, 0 to 1):

    "401", "429", "503" …   that HTTP status; {"kind": "429", "retry_after": 2}
    quota                   429, used up for good            slow_first  `delay` seconds of silence first
    stall                   silence in the middle            reset       the connection is reset (TCP RST)
    drop                    the connection just closes       truncate    a clean end without a last word
    malformed               half a JSON line                 error_event an error in the middle of the stream
    failed                  the answer fails                 safety      the answer is blocked in the middle
    refusal                 declined from the start          max_tokens  cut at the token limit
    pace                    nothing wrong, only `interval`
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from contractflow.integrations.ai.brief import Brief, PlanItem, Variable
from contractflow.integrations.ai.library import compose
from contractflow.integrations.ai.prompts import WISHES
from contractflow.integrations.ai.rephrasing import rephrase
from contractflow.integrations.ai.words import Rewrite
from contractflow.sandbox import faults, stamped
from contractflow.sandbox.ai_frames import Gemini, OpenAI, Speaker

INTERVAL = 0.02
STALL_SECONDS = 3600.0
_HARMLESS = {"", "pace", "slow_first", "stamped"}
_PIECE = re.compile(r"(?:\S+\s*){1,4}|\s+")


class ResettableHTTP(H11Protocol):
    """uvicorn's protocol, which lets a handler reset the connection beneath itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Gone(Exception):
    """The connection ends here, without a proper end of the answer."""


async def _gemini(request: Request) -> Response:
    fault = faults.take("gemini")
    model = request.path_params["model"]
    body = await request.json()
    prompt = "".join(part.get("text", "") for content in body["contents"] for part in content["parts"])
    if not request.headers.get("x-goog-api-key"):
        return JSONResponse(Gemini.error(403, {}), 403)
    return _answer(request, Gemini(model), prompt, fault)


async def _openai(request: Request) -> Response:
    fault = faults.take("openai")
    body = await request.json()
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return JSONResponse(OpenAI.error(401, {}), 401)
    return _answer(request, OpenAI(body["model"]), str(body["input"]), fault)


def _answer(request: Request, speaker: Speaker, prompt: str, fault: dict[str, Any]) -> Response:
    kind = fault.get("kind", "")
    status = 429 if kind == "quota" else int(kind) if kind.isdigit() else 0
    if status:
        headers = {"retry-after": str(fault["retry_after"])} if "retry_after" in fault else {}
        return JSONResponse(speaker.error(status, fault), status, headers=headers)
    pieces = _PIECE.findall(contract_for(prompt, speaker.model))
    return StreamingResponse(_stream(request, speaker, pieces, fault), media_type="text/event-stream")


async def _stream(
    request: Request, speaker: Speaker, pieces: list[str], fault: dict[str, Any]
) -> AsyncIterator[bytes]:
    kind = fault.get("kind", "")
    for frame in speaker.opening():
        yield frame
    if kind == "slow_first":
        await asyncio.sleep(float(fault.get("delay", 30)))
    if kind == "stamped":
        pieces = []
        async for piece in stamped.pieces(fault):
            yield speaker.text(piece)
    share = 1.0 if kind in _HARMLESS else 0.0 if kind == "refusal" else float(fault.get("at", 0.5))
    for piece in pieces[: int(len(pieces) * share)]:
        yield speaker.text(piece)
        await asyncio.sleep(float(fault.get("interval", INTERVAL)))
    async for frame in _ending(request, speaker, fault):
        yield frame


async def _ending(request: Request, speaker: Speaker, fault: dict[str, Any]) -> AsyncIterator[bytes]:
    kind = fault.get("kind", "")
    if kind == "stall":
        await asyncio.sleep(float(fault.get("delay", STALL_SECONDS)))
    elif kind == "reset":
        _reset(request)
    elif kind == "drop":
        raise _Gone
    elif kind == "malformed":
        yield b'data: {"candidates": [{"content": {"parts": [{"te\n\n'
    elif kind != "truncate":
        for frame in _words(speaker, kind):
            yield frame


def _words(speaker: Speaker, kind: str) -> Iterator[bytes]:
    if kind in _HARMLESS or kind == "max_tokens":
        return speaker.closing(cut=kind == "max_tokens")
    return speaker.refusal() if kind == "refusal" else speaker.trouble(kind)


def _reset(request: Request) -> None:
    """RST instead of FIN: the socket is closed with lingering switched off."""
    transport = request.state.transport
    plain = transport.get_extra_info("socket")
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    raise _Gone


def contract_for(prompt: str, model: str) -> str:
    """A contract for the brief in `prompt` (or the clause in it, rewritten), saying at its end who wrote it."""
    facts = _facts_in(prompt)
    text = (
        rephrase(Rewrite(facts["clause"], _way(facts)))
        if "clause" in facts
        else compose(_brief_of(facts, prompt))
    )
    return f"{text}\n\nWritten by the sandbox as {model}."


def _facts_in(prompt: str) -> dict[str, Any]:
    try:
        found = json.loads(prompt[prompt.index("{") : prompt.rindex("}") + 1])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _way(facts: dict[str, Any]) -> str:
    """Which of our own wishes it is, else the person's words."""
    return next((name for name, words in WISHES.items() if words == facts["wish"]), str(facts["wish"]))


def _brief_of(facts: dict[str, Any], prompt: str) -> Brief:
    try:
        rows = {
            "must_haves": tuple(facts["must_haves"]),
            "plan": tuple(PlanItem(**row) for row in facts["plan"]),
            "variables": tuple(Variable(**row) for row in facts["variables"]),
        }
        return Brief(**{**facts, **rows})
    except (KeyError, TypeError):
        return Brief("other", "the work", "The Agency", "The Client", prompt[:2000])


def _routes() -> Iterator[Route]:
    for version in ("v1", "v1beta"):
        yield Route(f"/{version}/models/{{model}}:streamGenerateContent", _gemini, methods=["POST"])
    yield Route("/v1/responses", _openai, methods=["POST"])


routes = list(_routes())
