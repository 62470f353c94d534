"""The organisation's audit log."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import timeline
from contractflow.services.timeline import Day
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class AuditLogState(ActingState, rx.State):
    days: list[Day] = []
    before: str = ""
    is_loaded: bool = False

    @rx.event
    @policy(P.AUDIT_READ)
    async def load(self):
        page = await self._perform(timeline.of_organisation)
        self.days, self.before, self.is_loaded = page.days, page.before, True

    @rx.event
    @policy(P.AUDIT_READ)
    async def more(self):
        page = await self._perform(timeline.of_organisation, before=self.before)
        self.days, self.before = [*self.days, *page.days], page.before
