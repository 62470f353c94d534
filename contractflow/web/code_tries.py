"""Codes and passwords that somebody types as a second proof: counted by account and browser, and told when many are wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from contractflow.errors import Invalid
from contractflow.permissions import Member
from contractflow.security import guessing
from contractflow.security.guessing import CodeAttempt
from contractflow.security.limited_verbs import network
from contractflow.services import factors
from contractflow.web.requests import device_of, visitor_of
from contractflow.web.threads import perform


@asynccontextmanager
async def counted(request: Request, member: Member) -> AsyncIterator[None]:
    """Around one try. Raises TooMany; passes the Invalid of a wrong one on, after its owner was told if it was one of many."""
    device, visitor = device_of(request), visitor_of(request)
    own = device.id if member.user_id in device.people else ""
    attempt = CodeAttempt(str(member.user_id), network(visitor.ip), own)
    await guessing.begin_code(attempt)
    try:
        yield
    except Invalid:
        if await guessing.failed_code(attempt):
            await perform(member, factors.warn_of_wrong_codes)
        raise
    await guessing.succeeded_code(attempt)
