"""The feed."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import feed
from contractflow.services.feed import FeedRow
from contractflow.state.base import ActingState, as_id
from contractflow.state.frame import FrameState
from contractflow.web.policy import policy


class NotificationsState(ActingState, rx.State):
    rows: list[FeedRow] = []
    after: str = ""
    is_loaded: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        page = await self._perform(feed.page)
        self.rows, self.after, self.is_loaded = page.rows, page.after, True

    @rx.event
    @policy(P.ORG_READ)
    async def more(self):
        page = await self._perform(feed.page, self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.ORG_READ)
    async def mark_read(self, notification_id: str):
        """The row is a link, which leads on by itself."""
        await self._perform(feed.mark_read, as_id(notification_id, "notification"))

    @rx.event
    @policy(P.ORG_READ)
    async def mark_all_read(self):
        await self._perform(feed.mark_all_read)
        return [NotificationsState.load, FrameState.load]
