"""What a cookie that somebody presents stands for, and what follows when it is a copy."""

from __future__ import annotations

from uuid import UUID

from contractflow.permissions import System, Visitor
from contractflow.security.sessions import MEMBERS, Session, SessionStore, Verdict
from contractflow.services import accounts, sessions
from contractflow.web.threads import perform


async def resolve(store: SessionStore, cookie: str | None) -> tuple[Verdict, Session | None]:
    """The living session of a cookie. A copied one is over, and that stands in the trail."""
    verdict, session = await store.resolve(cookie)
    if verdict is not Verdict.REUSED or session is None:
        return verdict, session
    if store is MEMBERS:
        system = System(UUID(session.facts["org"]), "sessions")
        await perform(system, sessions.copied, UUID(session.family), UUID(session.who))
    return verdict, None


async def close(visitor: Visitor, cookie: str | None, reason: str) -> None:
    """End the member's session of a browser, if it has one: it leaves, or is about to begin another."""
    _, session = await resolve(MEMBERS, cookie)
    if session:
        await MEMBERS.end(session.family)
        await perform(visitor, accounts.session_ended, UUID(session.family), reason)
