"""The two streaming dialects, frame by frame: server-sent events as the vendors send them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Speaker(Protocol):
    """One answer in one dialect."""

    model: str

    @staticmethod
    def error(status: int, fault: dict[str, Any]) -> dict[str, Any]: ...

    def opening(self) -> Iterator[bytes]: ...

    def text(self, piece: str) -> bytes: ...

    def closing(self, *, cut: bool) -> Iterator[bytes]: ...

    def refusal(self) -> Iterator[bytes]: ...

    def trouble(self, kind: str) -> Iterator[bytes]: ...


class Gemini:
    """`streamGenerateContent?alt=sse`: no opening, no [DONE]; the last chunk carries the finish reason."""

    def __init__(self, model: str) -> None:
        self.model = model
        self._tokens = 0

    @staticmethod
    def error(status: int, fault: dict[str, Any]) -> dict[str, Any]:
        details: list[dict[str, Any]] = []
        if fault.get("kind") == "quota":
            violation = {"quotaId": "GenerateRequestsPerDayPerProject"}
            details.append(
                {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}
            )
        if "retry_after" in fault:
            delay = f"{fault['retry_after']}s"
            details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay})
        if fault.get("reason"):
            details.append({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": fault["reason"]})
        name = _STATUS.get(status, "UNKNOWN")
        return {"error": {"code": status, "message": "asked for", "status": name, "details": details}}

    def opening(self) -> Iterator[bytes]:
        return iter(())

    def text(self, piece: str) -> bytes:
        self._tokens += max(1, len(piece) // 4)
        return self._chunk(piece)

    def closing(self, *, cut: bool) -> Iterator[bytes]:
        yield self._chunk("", "MAX_TOKENS" if cut else "STOP")

    def refusal(self) -> Iterator[bytes]:
        yield _event({"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": self.model})

    def trouble(self, kind: str) -> Iterator[bytes]:
        yield self._chunk("", "SAFETY") if kind == "safety" else _event(self.error(503, {}))

    def _chunk(self, piece: str, finish: str = "") -> bytes:
        parts = [{"text": piece}] if piece else []
        candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        usage = {
            "promptTokenCount": 50,
            "candidatesTokenCount": self._tokens,
            "totalTokenCount": 50 + self._tokens,
        }
        return _event({"candidates": [candidate], "usageMetadata": usage, "modelVersion": self.model})


class OpenAI:
    """`/v1/responses` with `stream`: typed events with sequence numbers."""

    def __init__(self, model: str) -> None:
        self.model = model
        self._sequence = -1
        self._text = ""

    @staticmethod
    def error(status: int, fault: dict[str, Any]) -> dict[str, Any]:
        code = {401: "invalid_api_key", 429: "rate_limit_exceeded"}.get(status)
        if fault.get("kind") == "quota":
            code = "insufficient_quota"
        return {
            "error": {"message": "asked for", "type": code or "server_error", "param": None, "code": code}
        }

    def opening(self) -> Iterator[bytes]:
        part = {"type": "output_text", "text": "", "annotations": []}
        yield self._say("response.created", response=self._response("in_progress"))
        yield self._say("response.in_progress", response=self._response("in_progress"))
        yield self._say("response.output_item.added", output_index=0, item=self._item("in_progress", []))
        yield self._say("response.content_part.added", **self._place(), part=part)

    def text(self, piece: str) -> bytes:
        self._text += piece
        return self._say("response.output_text.delta", **self._place(), delta=piece, logprobs=[])

    def closing(self, *, cut: bool) -> Iterator[bytes]:
        part = {"type": "output_text", "text": self._text, "annotations": []}
        item = self._item("completed", [part])
        yield self._say("response.output_text.done", **self._place(), text=self._text, logprobs=[])
        yield self._say("response.content_part.done", **self._place(), part=part)
        yield self._say("response.output_item.done", output_index=0, item=item)
        if cut:
            reason = {"reason": "max_output_tokens"}
            yield self._say(
                "response.incomplete",
                response=self._response("incomplete", [item], incomplete_details=reason),
            )
        else:
            yield self._say("response.completed", response=self._response("completed", [item]))

    def refusal(self) -> Iterator[bytes]:
        words = "I can't help with that."
        item = self._item("completed", [{"type": "refusal", "refusal": words}])
        yield self._say("response.refusal.delta", **self._place(), delta=words)
        yield self._say("response.refusal.done", **self._place(), refusal=words)
        yield self._say("response.completed", response=self._response("completed", [item]))

    def trouble(self, kind: str) -> Iterator[bytes]:
        if kind == "safety":
            reason = {"reason": "content_filter"}
            yield self._say(
                "response.incomplete", response=self._response("incomplete", incomplete_details=reason)
            )
        elif kind == "failed":
            error = {"code": "server_error", "message": "asked for"}
            yield self._say("response.failed", response=self._response("failed", error=error))
        else:
            yield self._say("error", code="server_error", message="asked for", param=None)

    def _say(self, kind: str, **facts: Any) -> bytes:
        self._sequence += 1
        return _event({"type": kind, "sequence_number": self._sequence, **facts}, kind)

    def _place(self) -> dict[str, Any]:
        return {"item_id": "msg_1", "output_index": 0, "content_index": 0}

    def _item(self, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": "msg_1", "type": "message", "status": status, "role": "assistant", "content": content}

    def _response(
        self, status: str, output: list[dict[str, Any]] | None = None, **more: Any
    ) -> dict[str, Any]:
        tokens = len(self._text) // 4
        usage = {
            "input_tokens": 50,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 50 + tokens,
        }
        return {
            "id": "resp_1", "object": "response", "created_at": 0, "status": status, "error": None,
            "incomplete_details": None, "instructions": None, "model": self.model, "output": output or [],
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "metadata": {},
            "usage": usage if status in {"completed", "incomplete"} else None, **more,
        }  # fmt: skip


def _event(body: dict[str, Any], name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(body)}\r\n\r\n".encode()
