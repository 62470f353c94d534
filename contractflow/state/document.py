"""One document: its text, where it stands, and everything that can be done with it."""

import reflex as rx

from contractflow.content.unwritten import NEW_CLAUSE
from contractflow.permissions import Permission as P
from contractflow.services import desk, documents, drafts
from contractflow.services.comments import Threads
from contractflow.services.desk import Desk
from contractflow.services.documents import DocumentPage
from contractflow.services.drafts import DraftRow, Rewrites
from contractflow.services.invoices import InvoiceRow
from contractflow.services.timeline import Day
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class DocumentState(ActingState, rx.State):
    page: DocumentPage = DocumentPage()
    draft: DraftRow = DraftRow()
    days: list[Day] = []
    rewrites: Rewrites = Rewrites()
    invoices: list[InvoiceRow] = []
    threads: Threads = Threads()
    is_loaded: bool = False
    is_missing: bool = False
    dialog: str = ""
    stored: dict[str, str] = {}
    """By block: the save of this tab that was taken last, which the block's editor waits for."""

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def load(self):
        if self.page.id != self._address("document_id"):
            self.reset()
        on = await self._look_up(desk.of_document, self._id()) or Desk()
        self.page, self.draft, self.days, self.invoices = on.page, on.draft, on.days, on.invoices
        self.rewrites, self.threads = on.rewrites, on.threads
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def open_dialog(self, name: str):
        self.dialog, self.errors = name, {}

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def close_dialog(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def download(self):
        return ui.load(f"/api/documents/{self._id()}/pdf")

    @rx.event
    @policy(P.DOCUMENT_GENERATE)
    async def generate(self, key: str):
        """`key` names the click, so that a double click orders one draft. The rest of the page follows as in every tab."""
        self.draft, self.dialog = await self._perform(drafts.request, self._id(), key[:100]), ""

    @rx.event
    @policy(P.DOCUMENT_GENERATE)
    async def stop(self):
        await self._perform(drafts.stop, self._id())
        return DocumentState.load

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def save_block(self, block_id: str, md: str, base: str):
        """Autosave: the editor gets its own save back together with the text that became of it, or what went wrong."""
        if await self._submit(documents.save_block, self._id(), block_id, md, base) is None:
            return None
        self.page, self.stored = await self._perform(documents.one, self._id()), {block_id: f"{base}:{md}"}
        return DocumentState.load

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def add_block(self, after: str):
        await self._perform(documents.add_block, self._id(), after, NEW_CLAUSE)
        return DocumentState.load

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def remove_block(self, block_id: str):
        await self._perform(documents.remove_block, self._id(), block_id)
        return DocumentState.load

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def confirm_placeholder(self):
        await self._perform(documents.confirm_placeholder, self._id())
        return [ui.toast("Confirmed. The text stays as it is.", "success"), DocumentState.load]

    def _id(self):
        return as_id(self._address("document_id"), "document")
