"""What an HTTP route answers when something did not work: the sentence and the status that belongs to it."""

from __future__ import annotations

import logging
import secrets
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from contractflow.errors import (
    AppError,
    ConfirmFirst,
    FactorMissing,
    IllegalMove,
    Invalid,
    LimitReached,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PlanLimit,
    PortalClosed,
    Stale,
    Suspended,
    TooMany,
    Unavailable,
)

log = logging.getLogger(__name__)

# fmt: off
STATUS: Final[dict[type[AppError], int]] = {
    NotSignedIn:  401,
    PortalClosed: 401,
    LimitReached: 402,
    PlanLimit:    402,
    NotAllowed:   403,
    Suspended:    403,
    ConfirmFirst: 403,
    FactorMissing: 403,
    NotFound:     404,
    IllegalMove:  409,
    Stale:        409,
    Invalid:      422,
    TooMany:      429,
    Unavailable:  503,
}
# fmt: on


def see(where: str, *cookies: str) -> Response:
    """Lead on to a page, never remembered by a cache; `cookies` are set on the way."""
    answer = RedirectResponse(where, 303, headers={"cache-control": "no-store"})
    for cookie in cookies:
        answer.headers.append("set-cookie", cookie)
    return answer


async def refused(request: Request, refusal: Exception) -> Response:
    """An expected refusal in words; whoever follows a link without a session is led to the right door."""
    assert isinstance(refusal, AppError)  # noqa: S101  registered for nothing else
    if isinstance(refusal, NotSignedIn) and "text/html" in request.headers.get("accept", ""):
        return see(
            "/portal/closed" if isinstance(refusal, PortalClosed) else f"/login?next={quote(_asked(request))}"
        )
    if isinstance(refusal, (ConfirmFirst, FactorMissing)) and "text/html" in request.headers.get(
        "accept", ""
    ):
        page = "/confirm-identity" if isinstance(refusal, ConfirmFirst) else "/enrol"
        return see(f"{page}?next={quote(_asked(request))}")
    answer = PlainTextResponse(refusal.message, STATUS[type(refusal)])
    if isinstance(refusal, ConfirmFirst):
        answer.headers["x-confirm-identity"] = "1"
    if isinstance(refusal, TooMany):
        answer.headers["retry-after"] = str(refusal.retry_after)
    return answer


def _asked(request: Request) -> str:
    """The path that was asked for, with its query: a filter holds as well afterwards."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


async def failed(_request: Request, fault: Exception) -> Response:
    """A fault of ours, with a reference to find it by in the log."""
    reference = secrets.token_hex(4)
    log.error("an HTTP route failed, reference %s", reference, exc_info=fault)
    return PlainTextResponse(
        f"Something went wrong on our side. We have been told. Reference {reference}", 500
    )
