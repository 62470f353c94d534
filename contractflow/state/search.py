"""The search over everything: in the frame of every page, and on a page of its own."""

from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import search
from contractflow.services.search import Group, Hit, ResultRow
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class SearchState(ActingState, rx.State):
    hits: list[Hit] = []
    answered: str = ""
    """What the hits are for: an answer that comes late is not shown for later words."""

    @rx.event(supersedes=True)
    @policy(P.ORG_READ)
    async def find(self, text: str):
        self.hits, self.answered = await self._perform(search.find, text), text


class ResultsState(ActingState, rx.State):
    """The page of the search: words, kind, state and how far one has read stand in the address."""

    rows: list[ResultRow] = []
    after: str = ""
    found: str = ""
    groups: list[Group] = []
    text: str = ""
    kind: str = ""
    status: str = ""
    is_loaded: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        asked = self.router.url.query_parameters
        self.text, self.kind, self.status = (str(asked.get(name, "")) for name in ("q", "kind", "status"))
        page = await self._perform(search.page, self.text, kind=self.kind, status=self.status)
        self.groups, self.rows, self.after, self.found = page.groups, page.rows, page.after, page.found
        self.is_loaded = True

    @rx.event
    @policy(P.ORG_READ)
    async def show_more(self):
        key = {"kind": self.kind, "status": self.status, "after": self.after}
        page = await self._perform(search.page, self.text, **key)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.ORG_READ)
    async def search(self, text: str):
        return self._go(q=str(text))

    @rx.event
    @policy(P.ORG_READ)
    async def choose_kind(self, kind: str):
        return self._go(kind=str(kind), status="")

    @rx.event
    @policy(P.ORG_READ)
    async def choose_status(self, status: str):
        return self._go(status=str(status))

    def _go(self, **change: str):
        asked = {"q": self.text, "kind": self.kind, "status": self.status} | change
        query = urlencode({name: value for name, value in asked.items() if value})
        return rx.redirect(f"/search?{query}" if query else "/search", replace=True)
