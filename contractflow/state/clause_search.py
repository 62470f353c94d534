"""Looking for a clause of the library, to put it into the document or the template that is open."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents, templates
from contractflow.services.templates import ClauseRow
from contractflow.state.base import ActingState, as_id
from contractflow.state.document import DocumentState
from contractflow.state.template import TemplateState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ClauseSearchState(ActingState, rx.State):
    found: list[ClauseRow] = []
    text: str = ""
    after: str = ""
    """The block behind which the clause goes; "" is the top."""

    is_open: bool = False

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def begin(self, after: str):
        self.found = await self._perform(templates.find, "")
        self.text, self.after, self.is_open = "", after, True

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def close(self, is_open: bool):
        self.is_open = bool(is_open) and self.is_open

    @rx.event
    @policy(P.TEMPLATE_READ)
    async def search(self, text: str):
        self.text, self.found = text[:100], await self._perform(templates.find, text)

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def insert(self, clause_id: str, position: str):
        """Into the document; once for a double click, for the dialog is closed then."""
        if self.is_open:
            self.is_open = False
            args = (self.after, as_id(clause_id, "clause"), position)
            await self._perform(
                documents.insert_clause, as_id(self._address("document_id"), "document"), *args
            )
            return [ui.toast("Put in. Read it once more.", "success"), DocumentState.load]
        return None

    @rx.event
    @policy(P.TEMPLATE_EDIT)
    async def insert_into_template(self, clause_id: str, position: str):
        if self.is_open:
            self.is_open = False
            args = (self.after, as_id(clause_id, "clause"), position)
            await self._perform(
                templates.add_from_library, as_id(self._address("template_id"), "template"), *args
            )
            return [ui.toast("Put in.", "success"), TemplateState.load]
        return None
