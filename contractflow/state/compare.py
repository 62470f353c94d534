"""Two versions of a document beside each other; which ones, the address says."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents
from contractflow.services.documents import Comparison
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy

LONGEST = 8


class CompareState(ActingState, rx.State):
    page: Comparison = Comparison()
    is_loaded: bool = False
    is_missing: bool = False

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def load(self):
        query = self.router.url.query_parameters
        numbers = [query.get(name, "")[:LONGEST] for name in ("old", "new")]
        self.page = await self._look_up(documents.compare, self._id(), *numbers) or Comparison()
        self.is_loaded, self.is_missing = True, not self.page.document_id

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def choose_old(self, number: str):
        return self._show(number, self.page.new.value)

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def choose_new(self, number: str):
        return self._show(self.page.old.value, number)

    @rx.event
    @policy(P.DOCUMENT_EDIT)
    async def restore(self):
        """The version on the left."""
        number = int(self.page.old.value or 0)
        await self._perform(documents.restore, self._id(), number)
        done = ui.toast(f"Version {number} is back, as a new version.", "success")
        return [done, rx.redirect(f"/documents/{self.page.document_id}")]

    def _show(self, old: str, new: str):
        here = f"/documents/{self._id()}/compare"
        return rx.redirect(
            f"{here}?old={old[:LONGEST]}&new={new[:LONGEST]}" if old.isdecimal() and new.isdecimal() else here
        )

    def _id(self):
        return as_id(self._address("document_id"), "document")
