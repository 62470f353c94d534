"""The second step of a sign-in by a code, and confirming later that it is still you."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.errors import AppError, Invalid, NotSignedIn
from contractflow.permissions import Member
from contractflow.security.passwords import verify_password
from contractflow.security.tickets import HALF_SIGN_INS
from contractflow.services import factors
from contractflow.web.admission import admits
from contractflow.web.code_tries import counted
from contractflow.web.confirming import confirm
from contractflow.web.forms import back, fields
from contractflow.web.requests import json_of, visitor_of
from contractflow.web.rules import ENROLLING, PUBLIC
from contractflow.web.second_step import complete, half_of, member_at
from contractflow.web.threads import perform

LAST_TRY: Final = "That was the fifth wrong code. Sign in again."


@admits(PUBLIC)
async def take_code(request: Request) -> Response:
    """The form of /login/code. What is wrong stands beside its field; what took too long begins again."""
    form = await fields(request)
    try:
        half = await half_of(request)
        member = await member_at(visitor_of(request), half.user_id, half.org_id)
        try:
            way = await prove(request, member, form["code"])
        except Invalid:
            if not await HALF_SIGN_INS.fail(half.ticket):
                raise NotSignedIn(LAST_TRY) from None
            raise
        return await complete(request, half, way, remember=bool(form["remember"]))
    except NotSignedIn as over:
        return await back(request, "/login", {}, over)
    except AppError as refused:
        kept = {"remember": form["remember"]}
        return await back(request, "/login/code", kept, refused, by=form["by"])


@admits(ENROLLING)
async def ways(_request: Request, member: Member) -> Response:
    """How the member can confirm that it is them."""
    known = await perform(member, factors.ways)
    return JSONResponse(
        {"app": known.has_app, "passkey": known.has_passkey, "password": known.password_hash is not None}
    )


@admits(ENROLLING)
async def confirm_identity(request: Request, member: Member) -> Response:
    """By a code, or by the password for who has no second factor. The session gets a new secret."""
    given = await json_of(request)
    if "code" in given:
        way = await prove(request, member, str(given["code"])[:100])
    else:
        way = await _prove_by_password(request, member, str(given.get("password", ""))[:1000])
    return await confirm(request, member, way)


async def prove(request: Request, member: Member, code: str) -> str:
    """Raises Invalid for a wrong code; TooMany after ten of them from here."""
    async with counted(request, member):
        return await perform(member, factors.prove_by_code, code)


async def _prove_by_password(request: Request, member: Member, password: str) -> str:
    known = await perform(member, factors.ways)
    if known.has_factor:
        raise Invalid("Your second factor is needed here.", "code")
    async with counted(request, member):
        if not await verify_password(known.password_hash, password):
            raise Invalid("That is not your password.", "password")
    return "password"


routes = [
    Route("/auth/code", take_code, methods=["POST"]),
    Route("/auth/confirm/ways", ways, methods=["POST"]),
    Route("/auth/confirm", confirm_identity, methods=["POST"]),
]
