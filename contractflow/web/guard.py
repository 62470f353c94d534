"""The door: every request and every socket passes here before Reflex or a route sees it.

Origin and Sec-Fetch-Site are checked, a client token is held to the browser and the sessions it belongs to,
cookies go no further, and pages that need somebody signed in send everybody else to the right place.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, quote, urlencode
from uuid import UUID

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contractflow.broker.connections import async_redis
from contractflow.permissions import Visitor
from contractflow.security.cookies import (
    VISITOR,
    clear_cookie,
    new_visitor,
    read_cookies,
    set_cookie,
    visitor_id,
)
from contractflow.security.keyring import keyring
from contractflow.security.limited_verbs import network
from contractflow.security.sessions import MEMBERS, SIGNERS, Session, SessionStore, Verdict
from contractflow.services import platform
from contractflow.web import frames
from contractflow.web.csp import TAG_KEY
from contractflow.web.forms import local_path
from contractflow.web.presented import resolve
from contractflow.web.principal import ENDED, HEADER, Families
from contractflow.web.requests import visitor_of
from contractflow.web.threads import look

FROM_ELSEWHERE: Final = frozenset({"/api/webhooks/paddle", "/api/webhooks/mail", "/api/reports"})
"""Posts without an origin: of another server, with a signature instead, and of a browser itself, which only counts."""
BY_LINK: Final = re.compile(r"/unsubscribe/[\w.-]{1,300}")
"""Posted by mail programs (RFC 8058): the signed link is all there is, and no cookie is looked at."""

MEMBERS_ONLY: Final = (
    "/home", "/documents", "/templates", "/clauses", "/clients", "/projects", "/leads", "/invoices", "/analytics",
    "/notifications", "/settings", "/organisations", "/enrol", "/confirm-identity",
)  # fmt: skip
ADMINS_ONLY: Final = ("/admin",)
LACKS_FACTOR: Final = "contractflow.lacks_factor"
NOWHERE: Final = "/there-is-nothing-here"
SIGNERS_ONLY: Final = ("/portal/documents", "/portal/invoices", "/portal/history")
STRANGERS_ONLY: Final = ("/login", "/signup")
FOR_ANY_SITE: Final = re.compile(r"/lead/[a-z0-9-]{1,80}/embed\.js")
"""The one script of ours that pages of others load: it puts the lead form there, and holds nothing of anybody's."""
GONE: Final = ("left", "deleted", "undone", "password")
"""Why somebody comes to sign in whose session ends at this moment: they read it, and are not sent to where they were.

The answer that leads here is given with the commit, and may be faster than the news of the end is in Redis."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_SECONDS: Final = 7 * 24 * 3600  # longer than Reflex keeps the state behind a token
LONGEST_TOKEN: Final = 64

# KEYS[1] the token; ARGV visitor, member, signer, seconds. A token belongs to the browser that used it first and to
# the session it was used with: somebody may sign in over it, but what a session saw is not for the next one.
BIND: Final = """
local kept = redis.call('HMGET', KEYS[1], 'visitor', 'owner')
local visitor, owner = kept[1], kept[2] and kept[2] ~= '' and kept[2]
if visitor and visitor ~= ARGV[1] then return 'foreign' end
local member, signer = 'member:' .. ARGV[2], 'signer:' .. ARGV[3]
if owner and owner ~= member and owner ~= signer then return string.sub(owner, 1, 6) end
if ARGV[2] ~= '' then owner = owner or member elseif ARGV[3] ~= '' then owner = owner or signer end
redis.call('HSET', KEYS[1], 'visitor', ARGV[1], 'owner', owner or '')
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 'ok'
"""


class SessionGuard:
    """`origin` is our own, as a browser writes it."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app, self.origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if _within(posixpath.normpath(f"/{scope['path'].lstrip('/')}"), *ADMINS_ONLY):
            scope = await _for_admins(scope)
        if _within(scope["path"], "/_event"):
            await self._socket(scope, receive, send)
        elif scope["type"] == "websocket" or _is_internal(scope["path"]):
            await _refuse(scope, receive, send, 404)
        elif not self._is_ours(scope):
            await _refuse(scope, receive, send, 403)
        elif scope["method"] in ("GET", "HEAD") and b"text/html" in _header(scope, b"accept"):
            await self._page(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        """Whether one of our own pages sent it; reading is also for whoever follows a link, and for other programs."""
        if scope["path"] in FROM_ELSEWHERE or BY_LINK.fullmatch(scope["path"]):
            return True
        if scope["method"] in SAFE_METHODS and FOR_ANY_SITE.fullmatch(scope["path"]):
            return True
        site, mode = _header(scope, b"sec-fetch-site"), _header(scope, b"sec-fetch-mode")
        if scope["method"] in SAFE_METHODS:
            return site not in (b"cross-site", b"same-site") or mode == b"navigate"
        return site in (b"", b"same-origin") and _header(scope, b"origin") == self.origin.encode()

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies = read_cookies(scope["headers"])
        to_set: list[str] = []
        member = await _current(MEMBERS, cookies, to_set)
        signer = await _current(SIGNERS, cookies, to_set)
        if visitor_id(keyring(), cookies.get(VISITOR)) is None:
            to_set.append(set_cookie(VISITOR, new_visitor(keyring())))
        app = self.app
        if elsewhere := _elsewhere(scope, member, signer):
            app = RedirectResponse(elsewhere, 303, headers={"cache-control": "no-store"})
        await app({**scope, TAG_KEY: _tag(member, signer)}, receive, _setting(to_set, send))

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies = read_cookies(scope["headers"])
        visitor = visitor_id(keyring(), cookies.get(VISITOR))
        query = parse_qs(scope["query_string"].decode("latin-1"))
        token = query.get("token", [""])[0]
        is_ours = _header(scope, b"origin") == self.origin.encode() and scope["type"] == "websocket"
        if not is_ours or visitor is None or not 0 < len(token) <= LONGEST_TOKEN:
            await _refuse(scope, receive, send, 403)
            return
        address = network(visitor_of(HTTPConnection(scope)).ip)
        if not frames.lets_in(visitor, address):
            await _refuse(scope, receive, send, 429)
            return
        _, member = await resolve(MEMBERS, cookies.get(MEMBERS.kind.cookie))
        _, signer = await resolve(SIGNERS, cookies.get(SIGNERS.kind.cookie))
        families = Families(member.family if member else "", signer.family if signer else "", visitor)
        verdict = await _bind(token, families)
        if verdict == "foreign":
            await _refuse(scope, receive, send, 403)
            return
        if verdict != "ok":
            # The tab slept through the end of its session. It is let in with an empty state of its own, so that
            # its first event can send it to the right door; refused, it would say "reconnecting" for ever.
            families = Families(**{"visitor": visitor, verdict: ENDED})
            query["token"] = [hashlib.sha256(f"ended:{visitor}:{token}".encode()).hexdigest()[:32]]
        headers = [h for h in scope["headers"] if h[0] not in (b"cookie", HEADER.encode())]
        headers.append((HEADER.encode(), families.packed().encode()))
        inner = {**scope, "headers": headers, "query_string": urlencode(query, doseq=True).encode()}
        door = frames.Door(receive, send, visitor, address)
        await self.app(inner, door.receive, door.send)


async def _for_admins(scope: Scope) -> Scope:
    """For everybody but platform admins these pages are like any other address that leads nowhere; an admin without a
    second factor is led to set one up."""
    _, session = await resolve(MEMBERS, read_cookies(scope["headers"]).get(MEMBERS.kind.cookie))
    if session is None or not await look(Visitor(), platform.is_admin, UUID(session.who)):
        return {**scope, "path": NOWHERE, "raw_path": NOWHERE.encode()}
    return {**scope, LACKS_FACTOR: await look(Visitor(), platform.lacks_factor, UUID(session.who))}


async def _bind(token: str, families: Families) -> str:
    """ "ok", "foreign" (another browser's token), or "member" / "signer" when that session of the token is over."""
    key = "cf:token:" + hashlib.sha256(token.encode()).hexdigest()
    args: list[str | int] = [families.visitor, families.member, families.signer, TOKEN_SECONDS]
    answer: str = await async_redis().register_script(BIND)(keys=[key], args=args)
    return answer


async def _current(store: SessionStore, cookies: Mapping[str, str], to_set: list[str]) -> Session | None:
    """The living session of a request; says which cookie to rotate or to take away."""
    cookie = cookies.get(store.kind.cookie)
    verdict, session = await resolve(store, cookie)
    if cookie and verdict not in (Verdict.OK, Verdict.REPLACED):  # the browser has the newer one already
        to_set.append(clear_cookie(store.kind.cookie))
    elif cookie and session and session.is_due and (fresh := await store.rotate(cookie)):
        to_set.append(set_cookie(store.kind.cookie, fresh, store.kind.absolute))
    return session


def _elsewhere(scope: Scope, member: Session | None, signer: Session | None) -> str | None:
    """Where a page that is not for this person sends them instead."""
    path = scope["path"]
    if scope.get(LACKS_FACTOR):
        return f"/enrol?next={quote(path)}"
    if member is None and _within(path, *MEMBERS_ONLY):
        query = scope["query_string"].decode("latin-1")
        return "/login?next=" + quote(f"{path}?{query}" if query else path)
    if signer is None and _within(path, *SIGNERS_ONLY):
        return "/portal/closed"
    if member is not None and _within(path, *STRANGERS_ONLY) and _reason(scope) not in GONE:
        return _onward(scope)
    return None


def _reason(scope: Scope) -> str:
    return str(parse_qs(scope["query_string"].decode("latin-1")).get("reason", [""])[0])


def _onward(scope: Scope) -> str:
    """Where somebody goes who is sent to sign in and is signed in: a tab of a session that another one took the place of."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    wanted = local_path(query.get("next", [""])[0])
    if wanted:
        return wanted
    return "/home?moved=1" if _reason(scope) == "ended" else "/home"


def _tag(member: Session | None, signer: Session | None) -> str:
    """Changes whenever somebody else is signed in; tells nothing about the session."""
    families = f"tag\x00{member.family if member else ''}\x00{signer.family if signer else ''}"
    return hashlib.sha256(families.encode()).hexdigest()[:16] if member or signer else "nobody"


def _within(path: str, *prefixes: str) -> bool:
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)


def _is_internal(path: str) -> bool:
    """Reflex's own routes besides the socket: uploads (no session of ours), health, the list of all routes."""
    return path.startswith("/_") or path == "/ping"


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _setting(cookies: list[str], send: Send) -> Send:
    """`send` that adds the cookies to the response."""

    async def adding(message: Message) -> None:
        if cookies and message["type"] == "http.response.start":
            extra = [(b"set-cookie", cookie.encode()) for cookie in cookies]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return adding


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4000 + status})
    else:
        words = "This request did not come from our own pages." if status == 403 else "There is nothing here."
        await PlainTextResponse(words, status)(scope, receive, send)
