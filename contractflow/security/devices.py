"""Which browser knows whom: a cookie that is set when somebody has signed in, and tells later sign-ins apart from a stranger's.

It signs nobody in and replaces no factor. It is why wrong passwords typed elsewhere never keep somebody out of their own
browser, and why an account whose address is not confirmed yet can be entered where it was made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from contractflow.security.cookies import set_cookie
from contractflow.security.keyring import b64, keyring

COOKIE: Final = "__Host-cf_device"
SECONDS: Final = 400 * 24 * 3600  # browsers keep no cookie longer
MOST_PEOPLE: Final = 5
_USE: Final = "device"


@dataclass(frozen=True)
class Device:
    """`people` have signed in here, the latest first; `id` is empty for a browser nobody has signed in from."""

    id: str = ""
    people: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, cookie: str | None) -> Device:
        """The browser that sent this cookie; an unknown one when it is missing or not ours."""
        body = keyring().open(_USE, cookie) if cookie else None
        if not body:
            return cls()
        key, *people = body.split("~")
        return cls(key, tuple(UUID(one) for one in people))

    def after(self, user_id: UUID) -> Device:
        """The same browser, now that this person has signed in."""
        others = tuple(one for one in self.people if one != user_id)
        key = self.id or b64(secrets.token_bytes(18))
        return replace(self, id=key, people=(user_id, *others)[:MOST_PEOPLE])

    @property
    def set_cookie(self) -> str:
        body = "~".join((self.id, *(one.hex for one in self.people)))
        return set_cookie(COOKIE, keyring().seal(_USE, body), SECONDS)
