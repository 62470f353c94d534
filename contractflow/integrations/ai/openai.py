"""OpenAI through its SDK, on the Responses API. Failures in the stream are events there, not exceptions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

import httpx2
import openai
from openai.types.responses import ResponseStreamEvent, ResponseUsage

from contractflow.integrations.ai.words import Done, Order, Piece, ProviderError, Sign, Timers, Trouble

_FAILURES = {
    "rate_limit_exceeded": Trouble.RATE,
    "insufficient_quota": Trouble.QUOTA,
    "invalid_prompt": Trouble.BAD_REQUEST,
    "data_residency_mismatch": Trouble.BAD_REQUEST,
    "bio_policy": Trouble.BLOCKED,
    "misalignment_policy_violation": Trouble.BLOCKED,
}
"""Codes of `response.failed` and `error` events; any other one is the vendor's own trouble."""


class OpenAI:
    name = "openai"

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
        self._client = openai.AsyncOpenAI(
            api_key=key,
            base_url=base_url,
            # The SDK's own retries would wait up to two minutes; failover does not.
            max_retries=0,
            timeout=openai.Timeout(limits.first_text + 5, connect=limits.connect),
            http_client=None if transport is None else openai.DefaultAsyncHttpxClient(transport=transport),
        )

    async def stream(self, order: Order) -> AsyncIterator[Piece]:
        seen = _Seen()
        try:
            answer = await self._client.responses.create(
                model=self.model,
                instructions=order.instructions,
                input=order.request,
                max_output_tokens=order.max_tokens,
                reasoning={"effort": "low"},
                store=False,
                stream=True,
            )
            async with answer:
                async for event in answer:
                    text = seen.text_of(event)
                    yield text or Sign.ALIVE
        except openai.APIStatusError as problem:
            raise _classified(problem) from problem
        except openai.APITimeoutError as problem:
            raise ProviderError(Trouble.IDLE, str(problem)) from problem
        except openai.APIConnectionError as problem:
            raise _unreachable(problem) from problem
        except openai.APIError as problem:
            raise ProviderError(Trouble.OVERLOAD, str(problem)) from problem
        except json.JSONDecodeError as problem:
            raise ProviderError(Trouble.PROTOCOL, str(problem)) from problem
        except httpx2.TransportError as problem:
            raise ProviderError(Trouble.NETWORK, repr(problem)) from problem
        yield seen.done(self.model)

    async def close(self) -> None:
        await self._client.close()


class _Seen:
    """What the events have said besides text."""

    def __init__(self) -> None:
        self._finish: Literal["stop", "length"] | None = None
        self._usage: ResponseUsage | None = None
        self._refused = False

    def text_of(self, event: ResponseStreamEvent) -> str:
        if event.type == "response.output_text.delta":
            return event.delta
        if event.type == "response.refusal.delta":
            self._refused = True
        elif event.type == "response.completed":
            self._finish, self._usage = "stop", event.response.usage
        elif event.type == "response.incomplete":
            self._cut_short(event.response)
        elif event.type == "response.failed":
            raise _failed(event.response.error.code if event.response.error else None)
        elif event.type == "error":
            raise _failed(event.code)
        return ""

    def _cut_short(self, response: Any) -> None:
        reason = response.incomplete_details and response.incomplete_details.reason
        if reason == "content_filter":
            raise ProviderError(Trouble.BLOCKED, reason)
        self._finish, self._usage = "length", response.usage

    def done(self, model: str) -> Done:
        if self._refused:
            raise ProviderError(Trouble.BLOCKED, "refusal")
        if self._finish is None:
            raise ProviderError(Trouble.TRUNCATED, "no terminal event")
        tokens = (self._usage.input_tokens, self._usage.output_tokens) if self._usage else (None, None)
        return Done(self._finish, model, *tokens)


def _failed(code: str | None) -> ProviderError:
    return ProviderError(_FAILURES.get(code or "", Trouble.OVERLOAD), code or "")


def _unreachable(problem: openai.APIConnectionError) -> ProviderError:
    is_refused = isinstance(problem.__cause__, httpx2.ConnectError)
    return ProviderError(Trouble.CONNECT if is_refused else Trouble.NETWORK, repr(problem.__cause__))


def _classified(problem: openai.APIStatusError) -> ProviderError:
    after = problem.response.headers.get("retry-after", "")
    retry_after = float(after) if after.replace(".", "", 1).isdigit() else 0.0
    return ProviderError(_trouble(problem), f"{problem.status_code} {problem.code}", retry_after)


def _trouble(problem: openai.APIStatusError) -> Trouble:
    status = problem.status_code
    if status in {401, 403}:
        return Trouble.AUTH
    if status == 429:
        return Trouble.QUOTA if problem.code == "insufficient_quota" else Trouble.RATE
    return Trouble.OVERLOAD if status >= 500 or status in {408, 409} else Trouble.BAD_REQUEST
