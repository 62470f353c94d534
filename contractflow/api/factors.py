"""One's own second factors, where secrets go to the browser: they never pass through the state of a page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.permissions import Member
from contractflow.security import rate_limits
from contractflow.services import factors
from contractflow.web.admission import admits
from contractflow.web.confirming import confirm
from contractflow.web.requests import json_of
from contractflow.web.rules import ENROLLING
from contractflow.web.threads import perform


@admits(ENROLLING)
async def offer_app(_request: Request, member: Member) -> Response:
    """A new secret for an authenticator app, as text and as a QR code."""
    offer = await perform(member, factors.offer_totp)
    return _unkept({"secret": offer.secret, "side": offer.side, "path": offer.path})


@admits(ENROLLING)
async def enable_app(request: Request, member: Member) -> Response:
    """The first code of the app. Answers the recovery codes, if these are the first."""
    given = await json_of(request)
    charge = rate_limits.FACTOR_BY_PERSON.of(str(member.user_id))
    await rate_limits.hit(charge)
    codes = await perform(member, factors.enable_totp, str(given.get("code", ""))[:20])
    await rate_limits.forgive(charge)
    return await confirm(request, member, "app", {"codes": codes})


@admits(ENROLLING)
async def renew_codes(_request: Request, member: Member) -> Response:
    return _unkept({"codes": await perform(member, factors.renew_recovery_codes)})


def _unkept(answer: dict[str, object]) -> Response:
    return JSONResponse(answer, headers={"cache-control": "no-store"})


routes = [
    Route("/auth/app/offer", offer_app, methods=["POST"]),
    Route("/auth/app/enable", enable_app, methods=["POST"]),
    Route("/auth/codes/renew", renew_codes, methods=["POST"]),
]
