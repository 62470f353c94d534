"""What helps whoever writes: the variables of the text."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents
from contractflow.state.base import ActingState, as_id
from contractflow.state.document import DocumentState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class WritingState(ActingState, rx.State):
    """Works on the document that DocumentState shows, whose id stands in the address."""

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def fill_in(self, form: dict[str, str]):
        values = {str(name): str(value) for name, value in form.items()}
        await self._submit(documents.fill_in, self._id(), values)
        return None if self.errors else [ui.toast("Filled in.", "success"), DocumentState.load]

    def _id(self):
        return as_id(self._address("document_id"), "document")
