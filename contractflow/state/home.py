"""Home: what waits, and for whom; and the one click that does it."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import home
from contractflow.services.home import HomePage, Queue, QueueRow
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class HomeState(ActingState, rx.State):
    page: HomePage = HomePage()
    rows: list[QueueRow] = []
    after: dict[str, str] = {}
    """Of every kind of which there is more, where its next page begins."""
    has_more: bool = False
    is_loaded: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.page = await self._perform(home.page)
        self.rows, self.is_loaded = [], True
        self._show(self.page.queue)

    @rx.event
    @policy(P.ORG_READ)
    async def more(self):
        self._show(await self._perform(home.queue, self.after))

    @rx.event
    @policy(P.ORG_READ)
    async def act(self, kind: str, entity_id: str, seen: str):
        exactly = as_id(seen, "task") if seen else None
        done = await self._perform(home.act, str(kind), as_id(entity_id, "task"), exactly)
        return [ui.toast(done, "success"), HomeState.load]

    def _show(self, queue: Queue):
        self.rows, self.after = [*self.rows, *queue.rows], queue.after
        self.has_more = bool(queue.after)
