"""Settings › Security: where one is signed in."""

from uuid import UUID

import reflex as rx

from contractflow.services import sessions
from contractflow.services.sessions import SessionRow
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import SIGNED_IN, policy
from contractflow.web.principal import present


class SecuritySessionsState(ActingState, rx.State):
    rows: list[SessionRow] = []
    has_others: bool = False

    @rx.event
    @policy(SIGNED_IN)
    async def load(self):
        self.rows = await self._perform(sessions.mine, present().families.member)
        self.has_others = any(not row.is_this for row in self.rows)

    @rx.event
    @policy(SIGNED_IN)
    async def end(self, session_id: str):
        await self._perform(sessions.end_one, as_id(session_id, "session"))
        return [ui.toast("Ended. That device is signed out.", "success"), SecuritySessionsState.load]

    @rx.event
    @policy(SIGNED_IN)
    async def end_others(self):
        await self._perform(sessions.end_others, UUID(present().families.member))
        return [ui.toast("Every other device is signed out.", "success"), SecuritySessionsState.load]
