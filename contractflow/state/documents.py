"""The list of documents: its filters live in the address bar."""

from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents
from contractflow.services.documents import DocumentRow
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class DocumentsState(ActingState, rx.State):
    rows: list[DocumentRow] = []
    after: str = ""
    status: str = ""
    text: str = ""
    counts: dict[str, str] = {}
    is_loaded: bool = False

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def load(self):
        query = self.router.url.query_parameters
        self.status, self.text = query.get("status", ""), query.get("q", "")
        page = await self._perform(documents.list_page, status=self.status, text=self.text)
        self.rows, self.after, self.is_loaded = page.rows, page.after, True
        self.counts = await self._perform(documents.counts)

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def more(self):
        page = await self._perform(documents.list_page, status=self.status, text=self.text, after=self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def search(self, text: str):
        return self._show(self.status, text)

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def filter(self, status: str):
        return self._show(status, self.text)

    def _show(self, status: str, text: str):
        query = urlencode({key: value for key, value in (("status", status), ("q", text)) if value})
        return rx.redirect(f"/documents?{query}" if query else "/documents", replace=True)
