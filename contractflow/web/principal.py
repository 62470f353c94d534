"""Who stands behind an event or a request.

`SessionGuard` reads the cookies once, at the handshake, and passes on the families they stand for: names of
sessions, which sign nobody in. Whether a family still lives, and what its person may do, is asked anew every time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from uuid import UUID

from contractflow.errors import (
    ConfirmFirst,
    FactorMissing,
    NotAllowed,
    NotSignedIn,
    PortalClosed,
    Suspended,
)
from contractflow.permissions import Member, PlatformAdmin, Signer, Visitor
from contractflow.security.sessions import MEMBERS, SIGNERS, Session, SessionStore
from contractflow.services import accounts, platform, portal_links, sessions
from contractflow.services.portal_links import PortalLink
from contractflow.services.sessions import Place
from contractflow.web import ahead
from contractflow.web.threads import look, perform

HEADER: Final = "authorization"
"""Where the guard puts the families; Reflex never sends this header's value to the browser."""

FACTOR: Final = "factor"
BROWSER: Final = "browser"
"""Facts of a session: which second factor was shown for it, if any, and the browser in which that was confirmed."""

ENDED: Final = "ended"
"""In the place of a family whose socket outlived it."""

NOT_HERE: Final = "That is not possible here."
"""What whoever calls something that does not exist reads, and whoever calls what must not seem to."""

CONFIRMED_SECONDS: Final = 10 * 60
"""How long somebody who has proved that it is them may do what asks for that."""

FRESH_SECONDS: Final = 10
"""How long a running task may go on with what was read when its event began."""


class Families(NamedTuple):
    """The sessions of one browser, each empty when there is none."""

    member: str = ""
    signer: str = ""
    visitor: str = ""

    def packed(self) -> str:
        return f"contractflow {self.member or '-'} {self.signer or '-'} {self.visitor or '-'}"

    @classmethod
    def unpacked(cls, header: str) -> Families:
        scheme, *parts = header.split(" ")
        if scheme != "contractflow" or len(parts) != 3:
            return cls()
        return cls(*("" if part == "-" else part for part in parts))


@dataclass(frozen=True)
class Principal:
    """`member`, `signer` and `admin` are there when the rule of the event asked for them."""

    families: Families
    visitor: Visitor
    member: Member | None = None
    signer: Signer | None = None
    admin: PlatformAdmin | None = None
    event: tuple[str, Mapping[str, Any]] | None = None
    """What the browser asked for: its name and its payload."""
    read_at: float = field(default_factory=time.monotonic)

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.read_at < FRESH_SECONDS


_principal: ContextVar[Principal] = ContextVar("principal")


def present() -> Principal:
    """The principal of the event that is being handled; there is none outside of one."""
    return _principal.get()


def set_present(principal: Principal) -> None:
    _principal.set(principal)


async def acting_member() -> Member:
    """The member behind this event, read again when a long task has outlived what it knew. Raises NotSignedIn."""
    now = present()
    if now.member is not None and now.is_fresh:
        return now.member
    session = await _still(MEMBERS, now.families.member)
    return await read_member(session, now.visitor)


async def acting_signer() -> Signer:
    """The client behind this event, like `acting_member`. Raises PortalClosed."""
    now = present()
    if now.signer is not None and now.is_fresh:
        return now.signer
    session = await _still(SIGNERS, now.families.signer)
    return await read_signer(session, now.visitor)


async def _still(store: SessionStore, family: str) -> Session | None:
    """For a task that runs on by itself: an open tab is no sign of a person, and keeps no session alive."""
    return await store.check(family, counts=False) if family else None


async def acting_admin(org_id: UUID | None = None) -> PlatformAdmin:
    """The platform admin behind this event, acting for `org_id` if it is about one. Raises NotAllowed."""
    now = present()
    if now.admin is None or not now.is_fresh:
        session = await _still(MEMBERS, now.families.member)
        return replace(await read_admin(session, now.visitor), org_id=org_id)
    return replace(now.admin, org_id=org_id)


async def _here() -> Session | None:
    """The living session of a member behind an event that is for everybody."""
    family = present().families.member
    return await MEMBERS.check(family) if family else None


async def signed_in() -> Member | None:
    """The member behind an event that is for everybody; None when nobody is signed in."""
    session = await _here()
    return await read_member(session, present().visitor) if session else None


async def is_admin() -> bool:
    """Whether a platform admin is behind this event, whatever its rule asked for."""
    session = await _here()
    return session is not None and await look(present().visitor, platform.is_admin, UUID(session.who))


async def read_admin(session: Session | None, visitor: Visitor) -> PlatformAdmin:
    """The platform admin of a living session. Raises NotAllowed, in the words for what does not exist."""
    if session is None or not await look(visitor, platform.is_admin, UUID(session.who)):
        raise NotAllowed(NOT_HERE)
    place = await _place(session, visitor)
    if not place.has_factor:
        raise FactorMissing
    if session.facts.get(FACTOR) is None:
        raise ConfirmFirst  # the factor is newer than this session
    return PlatformAdmin(UUID(session.who), None, place.user_name, visitor.ip, visitor.user_agent)


async def read_member(session: Session | None, visitor: Visitor) -> Member:
    """The member of a living session, with the role the database has now.

    Raises NotSignedIn, Suspended or FactorMissing.
    """
    member = await read_person(session, visitor)
    if member.lacks_factor:
        raise FactorMissing
    return member


async def read_person(session: Session | None, visitor: Visitor) -> Member:
    """The same, also when they still lack the second factor that their organisation asks for."""
    if session is None:
        raise NotSignedIn
    place = await _place(session, visitor)
    if place.suspended:
        raise Suspended(place.org_name, place.suspended)
    return _member(session, place, visitor)


async def _place(session: Session, visitor: Visitor) -> Place:
    """What the person of a living session is in its organisation. Raises NotSignedIn."""
    place = await ahead.place(session, visitor)
    if session.is_touched:
        await perform(visitor, sessions.seen, UUID(session.family))
    if place is None or place.is_ended:
        await MEMBERS.end(session.family)  # removed since, or ended while Redis was away
        raise NotSignedIn(*(() if place else ("You are no longer a member of that organisation.",)))
    return place


def _member(session: Session, place: Place, visitor: Visitor) -> Member:
    org_id, user_id = UUID(session.facts["org"]), UUID(session.who)
    return Member(
        user_id, org_id, place.membership_id, place.role, place.user_name, visitor.ip, visitor.user_agent,
        is_confirmed=_is_confirmed(session, visitor),
        has_factor=place.has_factor,
        lacks_factor=place.needs_factor and not place.has_factor,
        is_reading_only=place.is_closing,
        is_unpaid=place.is_unpaid,
    )  # fmt: skip


def _is_confirmed(session: Session, visitor: Visitor) -> bool:
    """In the browser where it was done: a copy of the cookie in another one has to prove it itself."""
    return session.confirmed_within(CONFIRMED_SECONDS) and session.facts.get(BROWSER) == visitor.browser


async def suspension() -> Place | None:
    """Where the person behind this event is a member, if they can do nothing there at the moment."""
    session = await _here()
    place = await _place(session, present().visitor) if session else None
    return place if place and place.suspended else None


async def other_places() -> dict[str, str]:
    """The other organisations of the person behind this event: their names by id."""
    session = await _here()
    if session is None:
        return {}
    places = await look(present().visitor, accounts.memberships, UUID(session.who))
    return {
        str(place.org_id): place.org_name for place in places if str(place.org_id) != session.facts["org"]
    }


async def read_signer(session: Session | None, visitor: Visitor) -> Signer:
    """The client of a living portal session whose link still holds. Raises PortalClosed."""
    if session is None:
        raise PortalClosed
    held = PortalLink.from_facts(session.facts)
    if await look(visitor, portal_links.look_up, held.kind, held.hashed) != held.target:
        await SIGNERS.end(session.family)  # recalled, replaced or delegated since
        raise PortalClosed
    return held.signer(visitor)
