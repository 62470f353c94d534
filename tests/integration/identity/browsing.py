"""A browser in front of the real routes and the real guard, and the mails that wait for whoever uses it."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from contractflow.api import api
from contractflow.security.cookies import VISITOR, visitor_id
from contractflow.security.keyring import keyring
from contractflow.security.sessions import MEMBERS
from contractflow.services import links
from contractflow.web import flash, later
from contractflow.web.guard import SessionGuard
from tests.conftest import Database

ORIGIN = "http://ours.test"
PASSWORD = "four quiet green hills"
_addresses = count(1)


class Browser:
    """Keeps its cookies; each has an address of its own unless it is given one."""

    def __init__(self, ip: str = "") -> None:
        self.ip = ip or f"198.51.{next(_addresses) // 250 % 250}.{next(_addresses) % 250}"
        self.cookies: dict[str, str] = {}
        transport = httpx.ASGITransport(SessionGuard(api(), ORIGIN), client=(self.ip, 1))
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def get(self, path: str = "/") -> httpx.Response:
        return await self._send("GET", path)

    async def post(self, path: str, **form: str) -> httpx.Response:
        if VISITOR not in self.cookies:
            await self.get()
        return await self._send("POST", path, data=form)

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"origin": ORIGIN, "accept": "text/html", "cookie": cookie}
        answer = await self.http.request(method, path, headers=headers, **more)
        self.http.cookies.clear()
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        return answer

    async def sign_up(
        self, email: str, agency: str = "Nova Films", password: str = PASSWORD
    ) -> httpx.Response:
        return await self.post("/auth/signup", name="Nora New", email=email, password=password, agency=agency)

    async def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.post("/auth/login", email=email, password=password, **more)

    async def errors(self, answer: httpx.Response) -> dict[str, str]:
        """What the page that the form leads back to says, by field; the fields it kept are in `kept`."""
        code = answer.headers["location"].partition("again=")[2].partition("&")[0]
        return dict((await self._flash(code)).errors)

    async def kept(self, answer: httpx.Response) -> dict[str, str]:
        code = answer.headers["location"].partition("again=")[2].partition("&")[0]
        return dict((await self._flash(code)).values)

    async def _flash(self, code: str) -> flash.Flash:
        return await flash.recall(visitor_id(keyring(), self.cookies[VISITOR]) or "", code)

    async def who(self) -> UUID | None:
        """Who is signed in here."""
        _, session = await MEMBERS.resolve(self.cookies.get(MEMBERS.kind.cookie))
        return UUID(session.who) if session else None


async def is_signed_out(browser: Browser) -> bool:
    """Within a second: Redis and the sockets follow the commit."""
    for _ in range(100):
        if await browser.who() is None:
            return True
        await asyncio.sleep(0.01)
    return False


def mails(database: Database, to: str, kind: str = "") -> list[dict[str, Any]]:
    """What was queued for an address, the newest first: kind and payload."""
    with database.admin() as admin:
        found = admin.execute(
            "SELECT kind, payload FROM notification WHERE channel = 'email' AND recipient = %s AND (kind = %s OR %s = '')"
            " ORDER BY created_at DESC, id DESC",
            (to, kind, kind),
        ).fetchall()
    return [
        {"kind": name, **(facts if isinstance(facts, dict) else json.loads(facts))} for name, facts in found
    ]


async def mailed_token(database: Database, to: str, kind: str) -> str:
    """The token of the newest link of that kind in somebody's mail."""
    await later.settled()
    return links.person_token(UUID(mails(database, to, kind)[0]["token_id"]))


def trail(database: Database) -> list[str]:
    with database.admin() as admin:
        return [
            action for (action,) in admin.execute("SELECT action FROM audit_event ORDER BY at").fetchall()
        ]


def expire_links(database: Database) -> None:
    with database.admin() as admin:
        admin.execute("UPDATE one_time_token SET expires_at = now() - interval '1 second'")
