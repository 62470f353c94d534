"""The organisation's logo: sent by a native form, drawn anew before anybody keeps it, shown to whom it concerns."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError, NotFound, NotSignedIn
from contractflow.integrations import pictures
from contractflow.permissions import Permission as P
from contractflow.permissions import require
from contractflow.services import orgs
from contractflow.services.orgs import Logo
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.forms import back, posted_file
from contractflow.web.requests import member_of, readers_of
from contractflow.web.rules import SIGNED_IN, SIGNER
from contractflow.web.threads import perform

PAGE = "/settings/organisation"


@admits(P.BRAND_MANAGE, by_itself=True)
async def change(request: Request) -> Response:
    """Nothing of the file is read for who may not, and nothing of it is kept but how it looks."""
    try:
        member = await member_of(request)
        require(member, P.BRAND_MANAGE)
        picture = await asyncio.to_thread(pictures.redraw, await posted_file(request, "logo"))
        await perform(member, orgs.change_logo, picture)
    except AppError as refused:
        return await back(request, PAGE, {}, refused)
    return see(f"{PAGE}?done=logo")


@admits(SIGNED_IN, SIGNER)
async def show(request: Request) -> Response:
    """For members of the organisation and for clients in its portal; for everybody else it does not exist."""
    readers = await readers_of(request)
    if not readers:
        raise NotSignedIn
    for reader in readers:
        try:
            return _picture(await perform(reader, orgs.logo, request.path_params["logo_id"]))
        except NotFound:
            continue
    raise NotFound("picture")


routes = [
    Route("/api/organisation/logo", change, methods=["POST"]),
    Route("/api/logos/{logo_id:uuid}", show),
]


def _picture(logo: Logo) -> Response:
    """Another logo has another address, so a browser may keep this one for a day; nothing between may."""
    return Response(
        logo.content,
        media_type=logo.mime,
        headers={
            "content-disposition": f'inline; filename="{logo.name}"',
            "x-content-type-options": "nosniff",
            "cache-control": "private, max-age=86400, immutable",
        },
    )
