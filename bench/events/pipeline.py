"""One tab's events through Reflex's own pipeline, with our door before it and without."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import Any, Self
from uuid import UUID

import psycopg
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from contractflow.broker.connections import async_redis
from contractflow.config import settings
from contractflow.contractflow import app
from contractflow.permissions import Member, Visitor
from contractflow.security.sessions import MEMBERS
from contractflow.services import sessions
from contractflow.state.documents import DocumentsState
from contractflow.web.arrivals import look_at
from contractflow.web.frames import OF_A_PAGE
from contractflow.web.principal import HEADER, Families
from contractflow.web.threads import look

NAME = f"{DocumentsState.get_full_name()}.filter"
"""Needs a permission, touches no row, answers with a redirect."""


class Namespace:
    async def emit_update(self, update: Any, token: str) -> None:
        """Whoever listens is not measured."""


class Pipeline:
    def __init__(self, member: Member) -> None:
        self.member, self.visitor = member, Visitor(ip="192.0.2.1", user_agent="bench")

    async def __aenter__(self) -> Self:
        _, session = await MEMBERS.begin(str(self.member.user_id), {"org": str(self.member.org_id)})
        self.family = session.family
        packed = Families(member=session.family, visitor="v").packed()
        self.router = {
            "path": "/documents", "asPath": "/documents", "pathname": "/documents", "query": {}, "token": "t", "sid": "s",
            "ip": "192.0.2.1", "headers": {HEADER: packed, "user-agent": "bench", "origin": "http://x"},
        }  # fmt: skip
        arrived = {
            "name": NAME,
            "payload": {"status": "draft"},
            "router_data": {"pathname": "/documents", "asPath": "/documents"},
        }
        self.arrived, self.frame = arrived, f'42/_event,1["event",{json.dumps(arrived)}]'
        self.stack = AsyncExitStack()
        url = settings().database_url.get_secret_value().replace("+psycopg", "", 1)
        self.plain = await self.stack.enter_async_context(
            await psycopg.AsyncConnection.connect(url, autocommit=True)
        )
        self.stack.enter_context(app.set_contexts())
        self.without, self.with_ = [await self._processor(middleware) for middleware in (None, app)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()

    async def bare(self) -> None:
        await self._send(self.without)

    async def guarded(self) -> None:
        await self.look()
        await self._send(self.with_)

    async def look(self) -> None:
        assert OF_A_PAGE.match(self.frame)
        look_at(self.arrived)

    async def session(self) -> None:
        assert await MEMBERS.check(self.family)

    async def place(self) -> None:
        assert await look(
            self.visitor, sessions.place, self.member.user_id, self.member.org_id, UUID(self.family)
        )

    async def ping(self) -> None:
        await async_redis().ping()

    async def select(self) -> None:
        await self.plain.execute("SELECT 1")

    async def _processor(self, middleware: Any) -> BaseStateEventProcessor:
        processor = BaseStateEventProcessor(
            middleware=middleware, backend_exception_handler=app.backend_exception_handler
        )
        processor.configure(state_manager=StateManagerMemory(), event_namespace=Namespace())
        await self.stack.enter_async_context(processor)
        return processor

    async def _send(self, processor: BaseStateEventProcessor) -> None:
        event = Event(name=NAME, payload={"status": "draft"}, router_data=dict(self.router))
        await (await processor.enqueue("t", event)).wait_all()
