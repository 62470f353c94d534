"""A file dropped on /verify: is it the sealed one? Answers JSON; the file is read, judged and forgotten."""

from __future__ import annotations

from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.errors import AppError, NotFound, TooMany
from contractflow.services import verification
from contractflow.web.admission import admits
from contractflow.web.requests import visitor_of
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform
from contractflow.web.verifying import admit


@admits(PUBLIC)
async def check_file(request: Request) -> Response:
    """The body is the PDF itself. `{"outcome": …, "is_genuine": …, "summary": …, "sha256": …}`."""
    code = request.path_params["code"]
    try:
        system = await admit(visitor_of(request), code)
        verdict = await perform(system, verification.check_file, code, await request.body())
    except HTTPException as unfit:
        return _say(unfit.detail, unfit.status_code)
    except ClientDisconnect:
        return _say("The file did not arrive whole.", 400)
    except AppError as refused:
        return _say(refused.message, _status(refused))
    return JSONResponse(
        {"is_genuine": verdict.is_genuine, **asdict(verdict)},
        headers={"cache-control": "no-store"},
    )


routes = [Route("/api/verify/{code}", check_file, methods=["POST"])]


def _say(words: str, status: int) -> Response:
    return JSONResponse({"summary": words}, status, headers={"cache-control": "no-store"})


def _status(refused: AppError) -> int:
    if isinstance(refused, NotFound):
        return 404
    return 429 if isinstance(refused, TooMany) else 409
