"""The cookies we set: host-only, secure, unreadable to scripts, sent along from our own pages and plain links."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Final

from contractflow.security.keyring import Keyring, b64

VISITOR: Final = "__Host-cf_visitor"
"""Tells browsers apart before anybody has signed in, so that a client token cannot be used from another one."""

FLASH: Final = "__Host-cf_flash"
"""What was typed and why it was refused, on the way from a refused form back to its page."""


def set_cookie(name: str, value: str, max_age: int | None = None) -> str:
    """A Set-Cookie header; without `max_age` the cookie goes with the browser's session."""
    age = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}"


def clear_cookie(name: str) -> str:
    return set_cookie(name, "", max_age=0)


def read_cookies(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Every cookie of a request; an unreadable header counts as none."""
    jar = SimpleCookie()
    try:
        jar.load(b"; ".join(value for name, value in headers if name == b"cookie").decode("latin-1"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def new_visitor(ring: Keyring) -> str:
    return ring.seal("visitor", b64(secrets.token_bytes(18)))


def visitor_id(ring: Keyring, cookie: str | None) -> str | None:
    """The visitor behind a cookie; None when there is none or it is not ours."""
    return ring.open("visitor", cookie) if cookie else None
