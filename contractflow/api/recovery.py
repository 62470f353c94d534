"""Back into one's account by mail: a new password, and taking back what somebody else did."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError
from contractflow.permissions import System, Visitor
from contractflow.security import rate_limits
from contractflow.security.limited_verbs import network
from contractflow.security.passwords import check_strength, hash_password
from contractflow.services import accounts
from contractflow.services.identity import changing_email, person_links, profile, resetting, signing_in
from contractflow.services.identity.person_links import Purpose
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.forms import back, fields, require_person
from contractflow.web.later import later
from contractflow.web.requests import device_of, visitor_of
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform

ACTOR = "account recovery"


@admits(PUBLIC)
async def forgot(request: Request) -> Response:
    """The same answer at the same moment for every address: whose it is, is looked up after it was given."""
    form, visitor = await fields(request), visitor_of(request)
    try:
        email = accounts.clean_email(form["email"])
        here = network(visitor.ip)
        await rate_limits.hit(
            rate_limits.FORGOT_BY_ADDRESS.of(here), rate_limits.FORGOT_BY_ACCOUNT.of(f"{here}\x00{email}")
        )
        await require_person(form, "forgot", visitor)
    except AppError as refused:
        return await back(request, "/forgot", form, refused)
    later(_send_link(visitor, email))
    return see("/forgot?sent=1")


@admits(PUBLIC)
async def reset(request: Request) -> Response:
    form, visitor = await fields(request), visitor_of(request)
    try:
        await rate_limits.hit(rate_limits.LINK_BY_ADDRESS.of(network(visitor.ip)))
        link = await perform(visitor, person_links.usable, form["token"], Purpose.RESET)
        about = await perform(visitor, profile.words_about, link.user_id)
        check_strength(form["password"], link.email, link.name, *about)
        ours = await _ourselves(visitor, link.user_id)
        user_id = await perform(ours, resetting.reset, form["token"], await hash_password(form["password"]))
    except AppError as refused:
        return await back(request, f"/reset/{quote(form['token'], safe='')}", form, refused)
    return see("/login?reason=password", device_of(request).after(user_id).set_cookie)


@admits(PUBLIC)
async def not_me(request: Request) -> Response:
    form, visitor = await fields(request), visitor_of(request)
    try:
        await rate_limits.hit(rate_limits.LINK_BY_ADDRESS.of(network(visitor.ip)))
        link = await perform(visitor, person_links.usable, form["token"], Purpose.UNDO)
        await perform(await _ourselves(visitor, link.user_id), changing_email.undo, form["token"])
    except AppError as refused:
        return await back(request, f"/not-me/{quote(form['token'], safe='')}", form, refused)
    return see("/login?reason=undone")


routes = [
    Route("/auth/forgot", forgot, methods=["POST"]),
    Route("/auth/reset", reset, methods=["POST"]),
    Route("/auth/not-me", not_me, methods=["POST"]),
]


async def _send_link(visitor: Visitor, email: str) -> None:
    for person in await perform(visitor, signing_in.credentials, email):
        ours = await _ourselves(visitor, person.user_id)
        await perform(ours, resetting.send_link, person.user_id, person.name, email)


async def _ourselves(visitor: Visitor, user_id: UUID) -> System:
    """Us, for the organisation that keeps the trail and the mails of a person who is not signed in."""
    return System(await perform(visitor, accounts.home_of, user_id), ACTOR)
