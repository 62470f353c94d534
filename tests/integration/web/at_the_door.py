"""A browser in front of the real guard and the real routes, in this process: forms, JSON of our own scripts, cookies."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pyotp
from sqlalchemy import text

from contractflow.api import api
from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Member, Visitor
from contractflow.security.cookies import VISITOR, new_visitor
from contractflow.security.keyring import keyring
from contractflow.security.passwords import hash_password
from contractflow.security.sessions import MEMBERS
from contractflow.services import factors
from contractflow.web.guard import SessionGuard
from tests import cast
from tests.integration.web.test_door import Browser

ORIGIN = "http://127.0.0.1:8080"
PASSWORD = "four quiet green hills"
SESSION = MEMBERS.kind.cookie
_known: list[str] = []


class DoorBrowser(Browser):
    """Knows who it is from its first page on, as every browser does."""

    def __init__(self, origin: str = ORIGIN) -> None:
        super().__init__(origin)
        transport = httpx.ASGITransport(app=SessionGuard(api(), origin))
        self.http = httpx.AsyncClient(transport=transport, base_url=origin)
        self.cookies[VISITOR] = new_visitor(keyring())

    async def send_json(self, path: str, given: Any = None) -> httpx.Response:
        headers = {
            "origin": self.address,
            "sec-fetch-site": "same-origin",
            "content-type": "application/json",
        }
        return await self._send("POST", path, headers, content=json.dumps(given or {}))

    async def sign_in(self, person: Member, password: str = PASSWORD, **more: str) -> httpx.Response:
        return await self.post("/auth/login", {"email": cast.email_of(person), "password": password, **more})

    async def ticket(self, person: Member, **facts: str) -> None:
        """A session as `enter` begins it, without the password."""
        cookie, _ = await MEMBERS.begin(
            str(person.user_id),
            {"org": str(person.org_id), "browser": self.cookies[VISITOR].split(".")[2], **facts},
            is_confirmed="unconfirmed" not in facts,
        )
        self.cookies[SESSION] = cookie


@asynccontextmanager
async def browser(origin: str = ORIGIN) -> AsyncIterator[DoorBrowser]:
    async with DoorBrowser(origin) as one:
        yield one


async def give_password(person: Member, password: str = PASSWORD) -> None:
    """So that `person` can sign in: a real hash, and an address that was proved."""
    if not _known:
        _known.append(await hash_password(password))
    with unit_of_work(Visitor()) as work:
        for call in ("gate_change_password(:user, :hash)", "gate_email_verified(:user)"):
            values = {"user": person.user_id, "hash": _known[0]}
            work.db.execute(text(f"SELECT {call}"), {k: v for k, v in values.items() if f":{k}" in call})


def enrol(person: Member) -> tuple[str, list[str]]:
    """An authenticator app for `person`: its secret and the recovery codes. The code of the step before is spent."""
    with unit_of_work(person) as work:
        secret = factors.offer_totp(work).secret
    with unit_of_work(person) as work:
        codes = factors.enable_totp(work, code_of(secret, -1))
    return secret, codes


def code_of(secret: str, steps: int = 0) -> str:
    """The app's code now, or so many steps of half a minute later."""
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


def wrong_code(secret: str) -> str:
    near = {code_of(secret, step) for step in range(-3, 4)}
    return next(code for code in iter(lambda: f"{secrets.randbelow(10**6):06d}", None) if code not in near)
