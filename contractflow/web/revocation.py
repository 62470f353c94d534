"""A session that ends takes its open sockets with it, within a second, in every web process."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from redis.exceptions import RedisError
from reflex.state import StateUpdate
from reflex_base.event import Event

from contractflow.broker.connections import async_reader
from contractflow.errors import NotSignedIn, PortalClosed
from contractflow.security.sessions import REVOKED_CHANNEL
from contractflow.web.principal import HEADER, Families
from contractflow.web.refusals import refusal

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


async def watch_revocations(app: Any) -> None:
    """Runs as long as the process; subscribes again when Redis was away."""
    while True:
        try:
            async with async_reader().pubsub() as heard:
                await heard.subscribe(REVOKED_CHANNEL)
                while True:  # returns nothing now and then, which also shows that Redis still answers
                    message = await heard.get_message(ignore_subscribe_messages=True, timeout=5)
                    if message:
                        await cut(app, message["data"])
        except (RedisError, OSError) as gone:
            log.warning("cannot hear of ended sessions, trying again: %s", gone)
            await asyncio.sleep(RETRY_SECONDS)


async def cut(app: Any, family: str) -> None:
    """Send every tab of `family` to the right door and close its socket. Its next event would be refused anyway."""
    namespace = app.event_namespace
    for sid in list(namespace.sid_to_token):
        families = _families(app, sid)
        if family != (families.member or families.signer):  # the session the tab's state belongs to
            continue
        ended = NotSignedIn() if family == families.member else PortalClosed()
        update = StateUpdate(events=Event.from_event_type(refusal(ended)))
        try:
            await namespace.emit_update(update, namespace.sid_to_token.get(sid, ""))
            await app.sio.disconnect(sid, namespace=namespace.namespace)
        except Exception:  # one broken socket must not keep the others open
            log.exception("could not close a socket of an ended session")


def _families(app: Any, sid: str) -> Families:
    scope = (app.sio.get_environ(sid, app.event_namespace.namespace) or {}).get("asgi.scope", {})
    packed = next((value for name, value in scope.get("headers", []) if name == HEADER.encode()), b"")
    return Families.unpacked(packed.decode())
