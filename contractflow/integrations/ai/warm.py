"""Make the first draft as fast as the second: both SDKs build their models lazily, for half a second and more.

One canned answer goes through each SDK without a socket, so that this happens when a worker starts.
"""

from __future__ import annotations

import json
from typing import Any

import httpx2

from contractflow.integrations.ai.brief import Brief
from contractflow.integrations.ai.gemini import Gemini
from contractflow.integrations.ai.openai import OpenAI
from contractflow.integrations.ai.prompts import write_contract

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


async def warm() -> None:
    """Run one canned answer through both SDKs."""
    order = write_contract(Brief("other", "", "", "", ""))
    for provider in (
        Gemini("warm", "warm", base_url="http://warm.invalid", transport=_canned(_GEMINI)),
        OpenAI("warm", "warm", base_url="http://warm.invalid/v1", transport=_canned(_OPENAI)),
    ):
        async for _ in provider.stream(order):
            pass
        await provider.close()


def _canned(events: list[dict[str, Any]]) -> httpx2.MockTransport:
    body = "".join(_server_sent(event) for event in events).encode()
    headers = {"content-type": "text/event-stream"}
    return httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, content=body))


def _server_sent(event: dict[str, Any]) -> str:
    kind = f"event: {event['type']}\n" if "type" in event else ""
    return f"{kind}data: {json.dumps(event)}\n\n"
