"""From Settings › Plan to Paddle's pages. What these open was ordered before, or shows only what the owner may see."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError, ConfirmFirst, NotFound, NotSignedIn
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.web import plans
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.forms import back

PAGE = "/settings/plan"


@admits(P.SAAS_BILLING_MANAGE)
async def checkout(request: Request, member: Member) -> Response:
    return await _lead_to(request, plans.open_checkout(member, request.path_params["order_id"]))


@admits(P.SAAS_BILLING_MANAGE)
async def portal(request: Request, member: Member) -> Response:
    return await _lead_to(request, plans.portal(member))


@admits(P.SAAS_BILLING_MANAGE)
async def new_card(request: Request, member: Member) -> Response:
    return await _lead_to(request, plans.new_card(member))


@admits(P.SAAS_BILLING_READ)
async def receipt(request: Request, member: Member) -> Response:
    return await _lead_to(request, plans.receipt(member, request.path_params["bill_ref"]))


async def _lead_to(request: Request, where: Awaitable[str]) -> Response:
    """Paddle's page; with a reason not to, back to ours, which says it."""
    try:
        return see(await where)
    except (NotFound, NotSignedIn, ConfirmFirst):
        raise
    except AppError as refused:
        return await back(request, PAGE, {}, refused)


routes = [
    Route("/api/plan/checkout/{order_id:uuid}", checkout),
    Route("/api/plan/portal", portal),
    Route("/api/plan/card", new_card),
    Route("/api/plan/receipts/{bill_ref}", receipt),
]
