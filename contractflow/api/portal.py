"""A mailed link becomes a portal session: the token leaves the address and works on from a cookie."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError
from contractflow.permissions import System
from contractflow.security import rate_limits
from contractflow.security.cookies import set_cookie
from contractflow.security.limited_verbs import network
from contractflow.security.links import token_hash
from contractflow.security.sessions import SIGNERS
from contractflow.services import portal_links
from contractflow.services.portal_links import LinkKind
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.requests import visitor_of
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform


@admits(PUBLIC)
async def open_document(request: Request) -> Response:
    return await _open(request, LinkKind.SIGNING)


@admits(PUBLIC)
async def open_invoice(request: Request) -> Response:
    return await _open(request, LinkKind.INVOICE)


routes = [
    Route("/portal/open/{token}", open_document),
    Route("/portal/pay/{token}", open_invoice),
]


async def _open(request: Request, kind: LinkKind) -> Response:
    """Reading is all a link allows, so that a mail scanner that follows it changes nothing."""
    visitor, token = visitor_of(request), request.path_params["token"]
    try:
        await rate_limits.hit(rate_limits.PORTAL_OPEN.of(network(visitor.ip)))
        target = await perform(visitor, portal_links.look_up, kind, token_hash(token))
        if target is None:
            return see("/portal/closed")
        link = await perform(System(target.org_id, "portal"), portal_links.opened, kind, token, target)
    except AppError:
        return see("/portal/closed")
    cookie, _ = await SIGNERS.begin(str(link.signer_id), link.facts)
    pages = {
        LinkKind.SIGNING: f"/portal/documents/{target.document_id}",
        LinkKind.INVOICE: f"/portal/invoices/{target.leads_to}",
    }
    return see(pages[kind], set_cookie(SIGNERS.kind.cookie, cookie, SIGNERS.kind.absolute))
