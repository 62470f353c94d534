"""Gemini through google-genai. What the SDK does on its own and why we change it: see the comments."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import httpx2
from google import genai
from google.genai import errors, types

from contractflow.integrations.ai.words import Done, Order, Piece, ProviderError, Sign, Timers, Trouble

CONNECTIONS = 500
"""The SDK's own limit of 100 would let the 101st draft wait for a free connection."""
REFUSALS = {
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION", "MODEL_ARMOR",
}  # fmt: skip


class Gemini:
    name = "gemini"

    def __init__(
        self,
        key: str,
        model: str,
        *,
        base_url: str | None = None,
        timers: Timers | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.model = model
        limits = timers or Timers()
        pool = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=50)
        self._client = genai.Client(
            api_key=key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=base_url,
                # Acts on each read, so it only backs up our own timers, which are shorter.
                timeout=int((limits.first_text + 5) * 1000),
                # The SDK would derive the server's deadline for the whole answer from the line above.
                headers={"X-Server-Timeout": str(int(limits.total))},
                retry_options=types.HttpRetryOptions(attempts=1),
                # Naming a transport keeps the SDK from using aiohttp, which behaves differently, when that is installed.
                async_client_args={"transport": transport or httpx2.AsyncHTTPTransport(limits=pool)},
            ),
        )

    async def stream(self, order: Order) -> AsyncIterator[Piece]:
        seen = _Seen()
        try:
            answer = await self._client.aio.models.generate_content_stream(
                model=self.model, contents=order.request, config=_config(order)
            )
            async for chunk in answer:
                yield Sign.ALIVE
                for text in seen.texts_of(chunk):
                    yield text
        except errors.APIError as problem:
            raise _classified(problem) from problem
        except errors.UnknownApiResponseError as problem:
            raise ProviderError(Trouble.PROTOCOL, str(problem)) from problem
        except httpx2.ConnectError as problem:
            raise ProviderError(Trouble.CONNECT, str(problem)) from problem
        except httpx2.TimeoutException as problem:
            raise ProviderError(Trouble.IDLE, type(problem).__name__) from problem
        except httpx2.TransportError as problem:
            raise ProviderError(Trouble.NETWORK, repr(problem)) from problem
        yield seen.done(self.model)

    async def close(self) -> None:
        await self._client.aio.aclose()


class _Seen:
    """What the chunks have said besides text. The SDK raises nothing when an answer just stops."""

    def __init__(self) -> None:
        self._finish: str | None = None
        self._usage: types.GenerateContentResponseUsageMetadata | None = None

    def texts_of(self, chunk: types.GenerateContentResponse) -> list[str]:
        self._usage = chunk.usage_metadata or self._usage
        if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
            raise ProviderError(Trouble.BLOCKED, chunk.prompt_feedback.block_reason.value)
        texts: list[str] = []
        for candidate in chunk.candidates or ():
            if candidate.finish_reason:
                self._finish = candidate.finish_reason.value
            parts = candidate.content.parts if candidate.content else None
            texts += [part.text for part in parts or () if part.text and not part.thought]
        return texts

    def done(self, model: str) -> Done:
        if self._finish is None:
            raise ProviderError(Trouble.TRUNCATED, "no finish reason")
        if self._finish in REFUSALS:
            raise ProviderError(Trouble.BLOCKED, self._finish)
        if self._finish not in {"STOP", "MAX_TOKENS"}:
            raise ProviderError(Trouble.PROTOCOL, self._finish)
        finish: Literal["stop", "length"] = "length" if self._finish == "MAX_TOKENS" else "stop"
        if self._usage is None:
            return Done(finish, model)
        written = (self._usage.candidates_token_count or 0) + (self._usage.thoughts_token_count or 0)
        return Done(finish, model, self._usage.prompt_token_count or 0, written)


def _config(order: Order) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=order.instructions,
        max_output_tokens=order.max_tokens,
        # Little thinking: the first words come sooner, and a contract from a brief needs no more.
        thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )


def _classified(problem: errors.APIError) -> ProviderError:
    details = _details(problem)
    retry_after = next((_seconds(d["retryDelay"]) for d in details if d.get("retryDelay")), 0.0)
    return ProviderError(_trouble(problem, details), f"{problem.code} {problem.status}", retry_after)


def _trouble(problem: errors.APIError, details: list[dict[str, Any]]) -> Trouble:
    # A wrong key arrives as 400, not 401.
    if problem.code in {401, 403} or any(d.get("reason") == "API_KEY_INVALID" for d in details):
        return Trouble.AUTH
    if problem.code == 429:
        is_daily = any("QuotaFailure" in d.get("@type", "") and "PerDay" in json.dumps(d) for d in details)
        return Trouble.QUOTA if is_daily else Trouble.RATE
    return Trouble.OVERLOAD if (problem.code or 0) >= 500 else Trouble.BAD_REQUEST


def _details(problem: errors.APIError) -> list[dict[str, Any]]:
    body = problem.details if isinstance(problem.details, dict) else {}
    error = body.get("error", {})
    found = error.get("details", []) if isinstance(error, dict) else []
    return [detail for detail in found if isinstance(detail, dict)]


def _seconds(text: object) -> float:
    """ "2s" or "1.5s", as google.protobuf.Duration writes them."""
    try:
        return float(str(text).rstrip("s"))
    except ValueError:
        return 0.0
