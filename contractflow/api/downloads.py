"""Files: the PDF of a document for the member or the client whose session came along."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contractflow.errors import AppError, NotFound
from contractflow.services import sealing
from contractflow.services.sealing import Download
from contractflow.web.admission import admits
from contractflow.web.requests import readers_of
from contractflow.web.rules import SIGNED_IN, SIGNER
from contractflow.web.threads import perform

_NOT_FOUND = "That document does not exist."


@admits(SIGNED_IN, SIGNER)
async def document_pdf(request: Request) -> Response:
    """One browser may hold both sessions: a member's is asked first, then the client's."""
    actors = await readers_of(request)
    if not actors:
        return _refusal("Please sign in, or open the link in your mail again.", 401)
    for actor in actors:
        try:
            return _file(await perform(actor, sealing.download, request.path_params["document_id"]))
        except NotFound:
            continue
        except AppError as refused:
            return _refusal(refused.message, 409)
    return _refusal(_NOT_FOUND, 404)


routes = [Route("/api/documents/{document_id:uuid}/pdf", document_pdf)]


def _file(file: Download) -> Response:
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "")
    return Response(
        file.content,
        media_type=file.mime,
        headers={
            "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-store",
        },
    )


def _refusal(words: str, status: int) -> Response:
    return PlainTextResponse(
        words, status, headers={"cache-control": "no-store", "x-content-type-options": "nosniff"}
    )
