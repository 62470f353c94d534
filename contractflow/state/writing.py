"""What helps whoever writes: the variables of the text, clauses that are missing, and clauses written anew."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents, drafts
from contractflow.services.drafts import SuggestionRow
from contractflow.state.base import ActingState, as_id
from contractflow.state.document import DocumentState
from contractflow.web import commands as ui
from contractflow.web.policy import policy

LONGEST_KEY = 100


class WritingState(ActingState, rx.State):
    """Works on the document that DocumentState shows, whose id stands in the address."""

    asking: str = ""
    """The block of which this tab asks how it shall be rewritten."""

    suggestions: list[SuggestionRow] = []

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def suggest(self):
        self.suggestions = await self._perform(drafts.suggestions, self._id())
        return DocumentState.open_dialog("suggest")

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def add_suggested(self, name: str):
        await self._perform(drafts.add_clause, self._id(), name)
        self.suggestions = await self._perform(drafts.suggestions, self._id())
        return [ui.toast("Added where it belongs. Read it once more.", "success"), DocumentState.load]

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def fill_in(self, form: dict[str, str]):
        values = {str(name): str(value) for name, value in form.items()}
        await self._submit(documents.fill_in, self._id(), values)
        return None if self.errors else [ui.toast("Filled in.", "success"), DocumentState.load]

    @rx.event
    @policy(P.DOCUMENT_GENERATE)
    async def ask(self, block_id: str):
        self.asking, self.errors = "" if block_id == self.asking else block_id, {}

    @rx.event
    @policy(P.DOCUMENT_GENERATE)
    async def rewrite(self, block_id: str, key: str, wish: str):
        """`key` names the click, so that a double click orders one rewrite."""
        key = f"{key[:LONGEST_KEY]}:{block_id[:8]}"
        if await self._submit(drafts.rewrite, self._id(), block_id, wish, key):
            self.asking = ""
            return DocumentState.load
        return None

    @rx.event
    @policy(P.DOCUMENT_GENERATE)
    async def rewrite_as_said(self, key: str, form: dict[str, str]):
        """Of the clause that is asked about: a form within a list does not know whose it is."""
        return WritingState.rewrite(self.asking, key, str(form.get("wish", "")))

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def accept(self, job: str):
        await self._perform(drafts.accept, self._id(), as_id(job, "rewrite"))
        return [ui.toast("Accepted. It is a version of its own.", "success"), DocumentState.load]

    @rx.event
    @policy(P.DOCUMENT_GENERATE)
    async def discard(self, job: str):
        await self._perform(drafts.discard, self._id(), as_id(job, "rewrite"))
        return DocumentState.load

    def _id(self):
        return as_id(self._address("document_id"), "document")
