"""One's own account: what is asked for with the password, and what sets a new cookie."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError, Invalid, NotSignedIn
from contractflow.permissions import Member, Visitor
from contractflow.security import rate_limits
from contractflow.security.cookies import set_cookie
from contractflow.security.limited_verbs import network
from contractflow.security.passwords import check_strength, hash_password, verify_password
from contractflow.security.sessions import MEMBERS, Session
from contractflow.services.identity import (
    changing_email,
    person_links,
    profile,
    signing_in,
    verifying,
)
from contractflow.services.identity.person_links import Purpose
from contractflow.web import presented
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.entering import landing
from contractflow.web.forms import back, fields
from contractflow.web.principal import read_member
from contractflow.web.requests import visitor_of
from contractflow.web.rules import PUBLIC, SIGNED_IN
from contractflow.web.second_step import member_at
from contractflow.web.threads import perform


@admits(SIGNED_IN, by_itself=True)
async def change_password(request: Request) -> Response:
    """Asks for the present one; a new cookie for this browser, and the other devices are signed out if wished."""
    form = await fields(request)
    try:
        member, session = await _signed_in(request)
        await _ask_present_password(member, session, form)
        about = await perform(member, profile.words_about, member.user_id)
        page = await perform(member, profile.page)
        check_strength(form["password"], page.email, page.name, *about)
        if form["password"] == form["present_password"]:
            raise Invalid("That is your present password. Choose another.", "password")
        await perform(
            member, profile.change_password, await hash_password(form["password"]), UUID(session.family),
            end_others=bool(form["end_others"]),
        )  # fmt: skip
    except AppError as refused:
        return await back(request, "/settings/security", form, refused)
    fresh = await MEMBERS.confirm(request.cookies.get(MEMBERS.kind.cookie, ""), {})
    cookies = [set_cookie(MEMBERS.kind.cookie, fresh, MEMBERS.kind.absolute)] if fresh else []
    return see("/settings/security?done=password", *cookies)


@admits(SIGNED_IN, by_itself=True)
async def change_email(request: Request) -> Response:
    """Nothing changes until the link in the mail to the new address is opened."""
    form = await fields(request)
    try:
        member, session = await _signed_in(request)
        await _ask_present_password(member, session, form)
        await rate_limits.hit(rate_limits.MAIL_LINK_BY_PERSON.of(str(member.user_id)))
        await perform(member, changing_email.ask, form["email"])
    except AppError as refused:
        return await back(request, "/settings/profile", form, refused)
    return see("/settings/profile?done=email")


@admits(PUBLIC)
async def confirm_email(request: Request) -> Response:
    """The link's page was sent back, by who is signed in as its person or knows their password. It signs nobody in."""
    form, visitor = await fields(request), visitor_of(request)
    try:
        await rate_limits.hit(rate_limits.LINK_BY_ADDRESS.of(network(visitor.ip)))
        link = await perform(visitor, person_links.usable, form["token"], Purpose.VERIFY, Purpose.CHANGE)
        _, session = await presented.resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
        is_here = session is not None and session.who == str(link.user_id)
        if not is_here:
            await rate_limits.hit(rate_limits.CONFIRM_BY_LINK.of(str(link.id)))
            await _ask_password(link.user_id, form["password"], request)
        member = await read_member(session, visitor) if is_here else await _whose(visitor, link.user_id)
        await perform(member, verifying.confirm, form["token"])
    except AppError as refused:
        return await back(request, f"/verify-email/{quote(form['token'], safe='')}", form, refused)
    return see("/settings/profile?done=confirmed" if is_here else "/login?reason=confirmed")


routes = [
    Route("/auth/password", change_password, methods=["POST"]),
    Route("/auth/email", change_email, methods=["POST"]),
    Route("/auth/verify-email", confirm_email, methods=["POST"]),
]


async def _signed_in(request: Request) -> tuple[Member, Session]:
    """Raises NotSignedIn."""
    _, session = await presented.resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
    if session is None:
        raise NotSignedIn
    return await read_member(session, visitor_of(request)), session


async def _ask_present_password(member: Member, session: Session, form: Mapping[str, str]) -> None:
    await rate_limits.hit(rate_limits.CONFIRM_BY_SESSION.of(session.family))
    stored = await perform(member, signing_in.password_of, member.user_id)
    if not await verify_password(stored, form["present_password"]):
        raise Invalid("That is not your present password.", "present_password")


async def _whose(visitor: Visitor, user_id: UUID) -> Member:
    return await member_at(visitor, user_id, await landing(visitor, user_id))


async def _ask_password(user_id: UUID, password: str, request: Request) -> None:
    stored = await perform(visitor_of(request), signing_in.password_of, user_id)
    if not await verify_password(stored, password):
        raise Invalid("That is not the password of this account.", "password")
