"""The headers every answer carries, whoever gave it: outermost, so that also refusals of the guard have them."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

SECURITY_HEADERS: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin-allow-popups"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(),"
                            b" hid=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=(), browsing-topics=()"),
]  # fmt: skip
NOT_A_PAGE: Final = b"default-src 'none'; frame-ancestors 'none'; sandbox"

NEVER: Final = b"no-store"
ASK_FIRST: Final = b"no-cache"
FOR_EVER: Final = b"public, max-age=31536000, immutable"


class SecurityHeaders:
    """Fill in what an answer did not choose for itself; an answer that sets a cookie is never kept by anybody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _stamped(scope["path"], message)}
            await send(message)

        await self.app(scope, receive, stamped)


def _stamped(path: str, start: Message) -> Headers:
    headers: Headers = list(start.get("headers", ()))
    chosen = {name.lower() for name, _ in headers}
    if b"set-cookie" in chosen:
        headers = [header for header in headers if header[0].lower() != b"cache-control"]
        chosen.discard(b"cache-control")
    cache = NEVER if b"set-cookie" in chosen else _cache(path, start["status"])
    fill = [*SECURITY_HEADERS, (b"cache-control", cache), (b"content-security-policy", NOT_A_PAGE)]
    return headers + [header for header in fill if header[0] not in chosen]


def _cache(path: str, status: int) -> bytes:
    """Built files are kept, by name or after asking; everything else is somebody's."""
    is_file = "." in path.rpartition("/")[2] and status in (200, 206, 304) and not path.startswith("/api/")
    if not is_file:
        return NEVER
    return FOR_EVER if path.startswith("/assets/") else ASK_FIRST
