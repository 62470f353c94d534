"""/unsubscribe/<signed link>: one click of a mail program, or one button of ours, and a kind of mail comes no more (RFC 8058).

No session and no cookie: whoever has the mail has the link. Reading it changes nothing, for mail scanners read links.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import NotFound
from contractflow.permissions import System
from contractflow.services import links, mail_choices
from contractflow.web import plain
from contractflow.web.admission import admits
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform


@admits(PUBLIC)
async def show(request: Request) -> Response:
    return await _answer(request, mail_choices.words_of)


@admits(PUBLIC)
async def stop(request: Request) -> Response:
    """What is in the body does not matter: the link says it all."""
    return await _answer(request, mail_choices.unsubscribe)


async def _answer(request: Request, verb: Any) -> Response:
    facts: dict[str, Any] = {"theme": "", "choices": links.mail_choices_url()}
    try:
        org_id, user_id, kind = _read(request.path_params["link"])
        said = await perform(System(org_id, "unsubscribe link"), verb, user_id, kind)
    except NotFound:
        return plain.page("no_unsubscribe.html", facts, status=HTTPStatus.NOT_FOUND)
    return plain.page("unsubscribe.html", facts | {"said": said})


def _read(link: str) -> Any:
    if (found := links.unsubscribed(link)) is None:
        raise NotFound("link")
    return found


routes = [
    Route("/unsubscribe/{link}", show, methods=["GET"]),
    Route("/unsubscribe/{link}", stop, methods=["POST"]),
]
