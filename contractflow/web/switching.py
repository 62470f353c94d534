"""A session that goes on in another organisation: a new family with the same age, and the end of the old one."""

from __future__ import annotations

import asyncio
from uuid import UUID

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from contractflow.security.cookies import set_cookie
from contractflow.security.sessions import MEMBERS, Session
from contractflow.services import accounts
from contractflow.web.answers import see
from contractflow.web.requests import visitor_of
from contractflow.web.threads import perform

LEAVES_AFTER = 1.0
"""Seconds in which the tab that switched goes on to its new page; then whatever is open of the old session is cut.
Its events are refused from the beginning."""


async def change_over(request: Request, session: Session, org_id: UUID, onward: str) -> Response:
    """Begin the session in `org_id` and end the one that was. The caller has made sure that the person belongs there."""
    visitor = visitor_of(request)
    cookie, fresh = await MEMBERS.succeed(session, {"org": str(org_id)})
    await perform(visitor, accounts.session_opened, UUID(fresh.family), UUID(session.who), org_id)
    await perform(visitor, accounts.session_ended, UUID(session.family), "switched to another organisation")
    answer = see(onward, set_cookie(MEMBERS.kind.cookie, cookie, MEMBERS.kind.absolute))
    answer.background = BackgroundTask(_leave, session.family)
    return answer


async def _leave(family: str) -> None:
    """Cut at once, the tab that switched would follow this instead of its answer."""
    await asyncio.sleep(LEAVES_AFTER)
    await MEMBERS.end(family)
