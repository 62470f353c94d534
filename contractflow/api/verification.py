"""A file dropped on /verify: is it the sealed one? Answers JSON; the file is read, judged and forgotten."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.errors import AppError, NotFound, TooMany
from contractflow.integrations.signing.verify import LARGEST
from contractflow.services import verification
from contractflow.web.requests import visitor_of
from contractflow.web.threads import perform
from contractflow.web.verifying import admit


async def check_file(request: Request) -> Response:
    """The body is the PDF itself. `{"outcome": …, "is_genuine": …, "summary": …, "sha256": …}`."""
    code = request.path_params["code"]
    try:
        system = await admit(visitor_of(request), code)
        pdf = await _body(request)
        if pdf is None:
            return _say("The file is larger than any we seal.", 413)
        verdict = await perform(system, verification.check_file, code, pdf)
    except ClientDisconnect:
        return _say("The file did not arrive whole.", 400)
    except AppError as refused:
        return _say(refused.message, _status(refused))
    return JSONResponse(
        {"is_genuine": verdict.is_genuine, **asdict(verdict)},
        headers={"cache-control": "no-store"},
    )


routes = [Route("/api/verify/{code}", check_file, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """The whole body, None when it is too large; no more than that is ever held."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LARGEST:
            return None
    return bytes(received)


def _say(words: str, status: int) -> Response:
    return JSONResponse({"summary": words}, status, headers={"cache-control": "no-store"})


def _status(refused: AppError) -> int:
    if isinstance(refused, NotFound):
        return 404
    return 429 if isinstance(refused, TooMany) else 409
