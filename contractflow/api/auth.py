"""The way in and out: native forms post here, cookies are set, and a redirect leads on.

A refused form leads back to its page with a code in the address; `web.forms` keeps what was typed and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError, Invalid
from contractflow.models.columns import uuid7
from contractflow.permissions import System, Visitor
from contractflow.security import guessing, rate_limits
from contractflow.security.cookies import clear_cookie, set_cookie
from contractflow.security.guessing import Attempt
from contractflow.security.limited_verbs import network
from contractflow.security.passwords import check_strength, hash_password, verify_password
from contractflow.security.sessions import MEMBERS, SIGNERS, Session
from contractflow.services import accounts, invitations
from contractflow.services.identity import signing_in
from contractflow.services.identity.signing_in import Credentials
from contractflow.services.invitations import InvitationRow
from contractflow.web import presented
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.entering import attempt_of, authenticate, enter, is_suspicious, landing
from contractflow.web.forms import back, fields, local_path, require_person
from contractflow.web.presented import resolve
from contractflow.web.principal import read_member
from contractflow.web.requests import device_of, visitor_of
from contractflow.web.rules import PUBLIC
from contractflow.web.second_step import lead_on
from contractflow.web.switching import change_over
from contractflow.web.threads import perform


@admits(PUBLIC)
async def sign_up(request: Request) -> Response:
    form, visitor = await fields(request), visitor_of(request)
    try:
        await rate_limits.hit(rate_limits.SIGN_UP_BY_ADDRESS.of(network(visitor.ip)))
        name, email = accounts.clean_name(form["name"], "name"), accounts.clean_email(form["email"])
        agency = accounts.clean_name(form["agency"], "agency")
        check_strength(form["password"], email, name, agency)
        await require_person(form, "signup", visitor)
        org_id = uuid7()
        user_id = await perform(
            System(org_id, "sign-up"), accounts.sign_up, name, email, await hash_password(form["password"]), agency
        )  # fmt: skip
    except AppError as refused:
        return await back(request, "/signup", form, refused)
    return await enter(request, user_id, org_id, "/home")


@admits(PUBLIC)
async def sign_in(request: Request) -> Response:
    form, visitor, device = await fields(request), visitor_of(request), device_of(request)
    onward = local_path(form["next"])
    try:
        await rate_limits.hit(rate_limits.SIGN_IN_BY_ADDRESS.of(network(visitor.ip)))
        person = await authenticate(form, "login", visitor, device)
        org_id = await landing(visitor, person.user_id)
    except AppError as refused:
        check = "1" if await is_suspicious(form, visitor, device) else ""
        return await back(request, "/login", {**form, "check": check}, refused, next=onward)
    return await lead_on(request, person.user_id, org_id, onward or "/home")


@admits(PUBLIC)
async def join(request: Request) -> Response:
    """Accept an invitation: with a click when one is signed in, otherwise as a new person.

    Who belongs to no organisation cannot sign in, and joins with the password of the account the address has.
    """
    form, visitor = await fields(request), visitor_of(request)
    page = f"/invite/{quote(form['token'], safe='')}"
    _, session = await resolve(MEMBERS, request.cookies.get(MEMBERS.kind.cookie))
    try:
        await rate_limits.hit(rate_limits.JOIN_BY_ADDRESS.of(network(visitor.ip)))
        offer = await perform(visitor, invitations.invitation, form["token"])
        if offer.problem:
            raise Invalid(offer.problem)
        user_id = await (
            _as_oneself(session, offer, visitor) if session else _as_stranger(request, form, offer)
        )
    except AppError as refused:
        return await back(request, page, form, refused)
    if session:
        return await change_over(request, session, offer.org_id, "/home")
    return await lead_on(request, user_id, offer.org_id, "/home")


async def _as_oneself(session: Session, offer: InvitationRow, visitor: Visitor) -> UUID:
    """Somebody signed in joins with the address the invitation is for. Raises Invalid for any other address."""
    member = await read_member(session, visitor)
    address = await perform(member, invitations.own_address)
    if address != offer.email:
        raise Invalid(f"This invitation is for {offer.email}, and you are signed in as {address}.")
    system = System(offer.org_id, "invitation")
    return await perform(system, invitations.join, offer.id, member.user_id, member.name, "")


async def _as_stranger(request: Request, form: Mapping[str, str], offer: InvitationRow) -> UUID:
    visitor, device = visitor_of(request), device_of(request)
    known = next(iter(await perform(visitor, signing_in.credentials, offer.email, device.people)), None)
    places = await perform(visitor, accounts.memberships, known.user_id) if known else []
    if places:
        raise Invalid("This address has an account already. Sign in, and join with a click.")
    if known:
        await _ask_password(form["password"], known, attempt_of(offer.email, visitor, device, [known]))
    if known is None:
        check_strength(
            form["password"], offer.email, accounts.clean_name(form["name"], "name"), offer.org_name
        )
    return await perform(
        System(offer.org_id, "invitation"), invitations.join, offer.id,
        known.user_id if known else None, known.name if known else form["name"],
        "" if known else await hash_password(form["password"]),
    )  # fmt: skip


async def _ask_password(password: str, known: Credentials, attempt: Attempt) -> None:
    """Wrong ones use up the same tries as at sign-in. Raises Invalid or TooMany."""
    await guessing.begin(attempt)
    if not await verify_password(known.password_hash, password):
        await guessing.failed(attempt)
        raise Invalid("This address has an account already: enter its password.", "password")
    await guessing.succeeded(attempt)


@admits(PUBLIC)
async def sign_out(request: Request) -> Response:
    await presented.close(visitor_of(request), request.cookies.get(MEMBERS.kind.cookie), "signed out")
    return see("/login?reason=out", clear_cookie(MEMBERS.kind.cookie))


@admits(PUBLIC)
async def refresh(request: Request) -> Response:
    """A new secret for each session that is due one; open tabs ask every quarter of an hour."""
    answer = Response(status_code=204)
    for store in (MEMBERS, SIGNERS):
        cookie = request.cookies.get(store.kind.cookie)
        if cookie and (fresh := await store.rotate(cookie)):
            answer.headers.append("set-cookie", set_cookie(store.kind.cookie, fresh, store.kind.absolute))
    return answer


routes = [
    Route("/auth/signup", sign_up, methods=["POST"]),
    Route("/auth/login", sign_in, methods=["POST"]),
    Route("/auth/join", join, methods=["POST"]),
    Route("/auth/logout", sign_out, methods=["POST"]),
    Route("/auth/refresh", refresh, methods=["POST"]),
]
