"""What moves a document on: review, sending, recall, void."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents
from contractflow.state.base import ActingState, as_id
from contractflow.state.document import DocumentState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ReviewState(ActingState, rx.State):
    """Works on the document that DocumentState shows, whose id stands in the address."""

    @rx.event
    @policy(P.DOCUMENT_SUBMIT)
    async def submit(self):
        await self._perform(documents.submit, self._id())
        return self._done("Submitted for review.")

    @rx.event
    @policy(P.DOCUMENT_SUBMIT)
    async def withdraw(self):
        await self._perform(documents.withdraw, self._id())
        return self._done("Taken back from review.")

    @rx.event
    @policy(P.DOCUMENT_APPROVE)
    async def approve(self, version_id: str):
        await self._perform(documents.approve, self._id(), as_id(version_id))
        return self._done("Approved.")

    @rx.event
    @policy(P.DOCUMENT_APPROVE)
    async def request_changes(self, version_id: str, form: dict[str, str]):
        await self._submit(
            documents.request_changes, self._id(), as_id(version_id), str(form.get("comment", ""))
        )
        return None if self.errors else self._done("Sent back with your comment.")

    @rx.event
    @policy(P.DOCUMENT_SEND)
    async def send(self, form: dict[str, str]):
        await self._submit(documents.send, self._id(), str(form.get("message", "")))
        return None if self.errors else self._done("Sent. The client has a mail with a link.")

    @rx.event
    @policy(P.DOCUMENT_RECALL)
    async def recall(self):
        await self._perform(documents.recall, self._id())
        return self._done("Recalled. The link in the mail no longer works.")

    @rx.event
    @policy(P.DOCUMENT_RECALL)
    async def revise(self):
        await self._perform(documents.revise, self._id())
        return self._done("Back in draft.")

    @rx.event
    @policy(P.DOCUMENT_EXTEND)
    async def extend(self):
        await self._perform(documents.extend, self._id())
        return self._done("Thirty more days. The signers have a new mail.")

    @rx.event
    @policy(P.DOCUMENT_VOID)
    async def void(self, form: dict[str, str]):
        await self._submit(documents.void, self._id(), str(form.get("reason", "")))
        return None if self.errors else self._done("Voided.")

    def _id(self):
        return as_id(self._address("document_id"), "document")

    def _done(self, words: str):
        return [ui.toast(words, "success"), DocumentState.open_dialog(""), DocumentState.load]
