"""Make the first draft as fast as the second: the vendors' SDKs build their models lazily, for half a second and more.

One canned answer goes through each SDK in use without a socket, so that this happens when a worker starts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from contractflow.integrations.ai.brief import Brief
from contractflow.integrations.ai.prompts import write_contract
from contractflow.integrations.ai.words import Provider

if TYPE_CHECKING:
    import httpx2

_USAGE = {
    "input_tokens": 1,
    "output_tokens": 1,
    "total_tokens": 2,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
_RESPONSE: dict[str, Any] = {
    "id": "r", "object": "response", "created_at": 0, "status": "completed", "model": "m", "output": [],
    "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None,
    "instructions": None, "metadata": {}, "usage": _USAGE,
}  # fmt: skip
_DELTA = {"item_id": "i", "output_index": 0, "content_index": 0, "delta": "x", "logprobs": []}
_OPENAI = [
    {"type": "response.created", "sequence_number": 0, "response": {**_RESPONSE, "status": "in_progress"}},
    {"type": "response.output_text.delta", "sequence_number": 1, **_DELTA},
    {"type": "response.completed", "sequence_number": 2, "response": _RESPONSE},
]
_GEMINI = [
    {
        "candidates": [
            {"content": {"parts": [{"text": "x"}], "role": "model"}, "finishReason": "STOP", "index": 0}
        ],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
        "modelVersion": "m",
    }
]


_ANSWERS: dict[str, list[dict[str, Any]]] = {"gemini": _GEMINI, "openai": _OPENAI}


async def warm(providers: Iterable[Provider]) -> None:
    """Run one canned answer through the SDK of each of `providers` that has one."""
    order = write_contract(Brief("other", "", "", "", ""))
    for vendor in (provider for provider in providers if provider.name in _ANSWERS):
        another: Any = type(vendor)
        canned = another("warm", "warm", base_url="http://warm.invalid", transport=_canned(vendor.name))
        async for _ in canned.stream(order):
            pass
        await canned.close()


def _canned(name: str) -> httpx2.MockTransport:
    import httpx2  # noqa: PLC0415  who has no vendor needs none of its parts

    body = "".join(_server_sent(event) for event in _ANSWERS[name]).encode()
    headers = {"content-type": "text/event-stream"}
    return httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, content=body))


def _server_sent(event: dict[str, Any]) -> str:
    kind = f"event: {event['type']}\n" if "type" in event else ""
    return f"{kind}data: {json.dumps(event)}\n\n"
