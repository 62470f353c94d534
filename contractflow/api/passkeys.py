"""Passkeys: what the browser is asked for, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contractflow.errors import Invalid
from contractflow.permissions import Member
from contractflow.security import passkeys
from contractflow.services import factors
from contractflow.web.admission import admits
from contractflow.web.challenges import answered, challenge
from contractflow.web.confirming import confirm
from contractflow.web.entering import enter, landing
from contractflow.web.forms import local_path
from contractflow.web.requests import json_of, visitor_of
from contractflow.web.rules import ENROLLING, PUBLIC
from contractflow.web.second_step import complete, half_of, member_at
from contractflow.web.threads import perform


@admits(ENROLLING)
async def creation_options(request: Request, member: Member) -> Response:
    ticket, value = await challenge(request, "create")
    options = await perform(member, factors.creation_options, value)
    return _asked(ticket, options)


@admits(ENROLLING)
async def create(request: Request, member: Member) -> Response:
    """Keep the new passkey. Answers the recovery codes, if these are the first."""
    given = await json_of(request)
    value = await answered(request, given, "create")
    codes = await perform(
        member, factors.add_passkey, _answer(given), value, str(given.get("name", ""))[:200]
    )
    return await confirm(request, member, "passkey", {"codes": codes})


@admits(ENROLLING)
async def confirmation_options(request: Request, member: Member) -> Response:
    ticket, value = await challenge(request, "confirm")
    return _asked(ticket, await perform(member, factors.request_options, value))


@admits(ENROLLING)
async def confirm_identity(request: Request, member: Member) -> Response:
    given = await json_of(request)
    value = await answered(request, given, "confirm")
    await perform(member, factors.prove_by_passkey, _answer(given), value)
    return await confirm(request, member, "passkey")


@admits(PUBLIC)
async def second_step_options(request: Request) -> Response:
    half = await half_of(request)
    member = await member_at(visitor_of(request), half.user_id, half.org_id)
    ticket, value = await challenge(request, "second step")
    return _asked(ticket, await perform(member, factors.request_options, value))


@admits(PUBLIC)
async def take_second_step(request: Request) -> Response:
    half, given = await half_of(request), await json_of(request)
    value = await answered(request, given, "second step")
    member = await member_at(visitor_of(request), half.user_id, half.org_id)
    await perform(member, factors.prove_by_passkey, _answer(given), value)
    return _go(await complete(request, half, "passkey", remember=given.get("remember") is True))


@admits(PUBLIC)
async def sign_in_options(request: Request) -> Response:
    """For nobody in particular: the device offers the passkeys it has for us."""
    ticket, value = await challenge(request, "sign in")
    return _asked(ticket, passkeys.request_options(value))


@admits(PUBLIC)
async def sign_in(request: Request) -> Response:
    """The passkey alone: it says who it is, and the device has made sure of the person."""
    given, visitor = await json_of(request), visitor_of(request)
    value = await answered(request, given, "sign in")
    user_id: UUID = await perform(visitor, factors.whose_passkey, _answer(given), value)
    org_id = await landing(visitor, user_id)
    onward = local_path(str(given.get("next", ""))) or "/home"
    return _go(await enter(request, user_id, org_id, onward, factor="passkey"))


def _asked(ticket: str, options: Mapping[str, Any]) -> Response:
    return JSONResponse({"ticket": ticket, "options": options}, headers={"cache-control": "no-store"})


def _answer(given: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = given.get("answer")
    if not isinstance(answer, dict):
        raise Invalid(passkeys.REFUSED)
    return answer


def _go(redirect: Response) -> Response:
    """The same cookies, and the address for the script to go to: it cannot follow a redirect with them."""
    answer = JSONResponse({"go": redirect.headers["location"]}, headers={"cache-control": "no-store"})
    for cookie in redirect.headers.getlist("set-cookie"):
        answer.headers.append("set-cookie", cookie)
    return answer


routes = [
    Route("/auth/passkey/create/options", creation_options, methods=["POST"]),
    Route("/auth/passkey/create", create, methods=["POST"]),
    Route("/auth/passkey/confirm/options", confirmation_options, methods=["POST"]),
    Route("/auth/passkey/confirm", confirm_identity, methods=["POST"]),
    Route("/auth/passkey/second-step/options", second_step_options, methods=["POST"]),
    Route("/auth/passkey/second-step", take_second_step, methods=["POST"]),
    Route("/auth/passkey/sign-in/options", sign_in_options, methods=["POST"]),
    Route("/auth/passkey/sign-in", sign_in, methods=["POST"]),
]
