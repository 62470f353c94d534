"""A session that ends takes its open sockets with it, within a second, in every web process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from reflex.state import StateUpdate
from reflex_base.event import Event

from contractflow.broker.connections import async_reader
from contractflow.errors import AppError, NotSignedIn, PortalClosed, Suspended, Unavailable
from contractflow.permissions import Visitor
from contractflow.security.sessions import REVOKED_CHANNEL, SUSPENDED, living
from contractflow.services import sessions
from contractflow.web import sockets
from contractflow.web.principal import ENDED, HEADER, Families
from contractflow.web.refusals import refusal
from contractflow.web.threads import perform

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
ANSWER_SECONDS = 2.0
"""So often Redis is asked whether it still hears us, and so long it may take to say so."""
GOODBYE_SECONDS = 0.5
"""How long a browser may take to read why its socket is closed."""


async def watch_revocations(app: Any) -> None:
    """Runs as long as the process. When Redis was away it subscribes again and asks what it has missed."""
    while True:
        try:
            async with async_reader().pubsub() as heard:
                await heard.subscribe(REVOKED_CHANNEL)
                await catch_up(app)
                await _listen(app, heard)
        except (RedisError, OSError) as gone:
            log.warning("cannot hear of ended sessions, trying again: %s", gone)
            await asyncio.sleep(RETRY_SECONDS)


async def _listen(app: Any, heard: Any) -> None:
    """Returns by an exception only. A connection that died without a word is noticed by the missing answer."""
    is_asked = False
    while True:
        message = await heard.get_message(timeout=ANSWER_SECONDS)
        if message is None:
            if is_asked:
                raise ConnectionError("no answer")
            await heard.ping()
        elif message["type"] == "message":
            family, _, why = message["data"].partition(" ")
            await cut(app, [family], Suspended("", "") if why == SUSPENDED else None)
        is_asked = message is None


async def catch_up(app: Any) -> None:
    """Close the sockets of sessions that ended while we could not hear of it."""
    open_ = {family for families in _open_sockets(app).values() for family in families[:2] if family}
    over = (open_ - {ENDED}) - await living(sorted(open_))
    try:
        asked = [UUID(family) for family in sorted(open_ - over - {ENDED})]
        over |= {str(family) for family in await perform(Visitor(), sessions.ended_among, asked)}
    except Unavailable as problem:
        log.warning("cannot ask which sessions were ended: %s", problem)
    await cut(app, over)


async def cut(app: Any, ended: Iterable[str], why: AppError | None = None) -> None:
    """Send every tab of these families to the right door and close its socket. Its next event would be refused anyway."""
    over = set(ended)
    closing = [
        _close(app, sid, why or (NotSignedIn() if families.member in over else PortalClosed()))
        for sid, families in _open_sockets(app).items()
        if (families.member or families.signer) in over  # the session the tab's state belongs to
    ]
    await asyncio.gather(*closing)


async def _close(app: Any, sid: str, why: AppError) -> None:
    namespace = app.event_namespace
    try:
        sockets.gone(sid)
        async with asyncio.timeout(GOODBYE_SECONDS):
            update = StateUpdate(events=Event.from_event_type(refusal(why)))
            await namespace.emit_update(update, namespace.sid_to_token.get(sid, ""))
    except Exception:  # one broken socket must not keep the others open
        log.exception("could not tell a tab that its session ended")
    transport = app.sio.manager.eio_sid_from_sid(sid, namespace.namespace)
    with suppress(Exception):
        await app.sio.disconnect(sid, namespace=namespace.namespace)
    if transport:  # otherwise the browser could open the namespace again over the same line
        with suppress(Exception):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await app.sio.eio.disconnect(transport)


def _open_sockets(app: Any) -> dict[str, Families]:
    return {sid: _families(app, sid) for sid in list(app.event_namespace.sid_to_token)}


def _families(app: Any, sid: str) -> Families:
    scope = (app.sio.get_environ(sid, app.event_namespace.namespace) or {}).get("asgi.scope", {})
    packed = next((value for name, value in scope.get("headers", []) if name == HEADER.encode()), b"")
    return Families.unpacked(packed.decode())
