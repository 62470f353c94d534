"""What moves a document on: review, sending, recall, void."""

from uuid import UUID

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import bounces, documents
from contractflow.state.base import ActingState, as_id
from contractflow.state.document import DocumentState
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class ReviewState(ActingState, rx.State):
    """Works on the document that DocumentState shows, whose id stands in the address."""

    approval_id: str = ""
    """The request that somebody else shall answer."""

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
    async def approve(self, version_id: str, step: int = 0):
        await self._perform(documents.approve, self._id(), as_id(version_id), step=int(step))
        return self._done("Approved.")

    @rx.event
    @policy(P.DOCUMENT_APPROVE)
    async def request_changes(self, version_id: str, form: dict[str, str]):
        await self._submit(
            documents.request_changes, self._id(), as_id(version_id), str(form.get("comment", ""))
        )
        return None if self.errors else self._done("Sent back with your comment.")

    @rx.event
    @policy(P.DOCUMENT_REMIND)
    async def remind(self):
        await self._perform(documents.remind_approvers, self._id())
        return self._done("Reminded.")

    @rx.event
    @policy(P.APPROVAL_REASSIGN)
    async def show_reassign(self, approval_id: str):
        self.approval_id, self.errors = approval_id, {}
        return DocumentState.open_dialog("pass_on")

    @rx.event
    @policy(P.APPROVAL_REASSIGN)
    async def reassign(self, form: dict[str, str]):
        request = as_id(self.approval_id, "request")
        await self._submit(documents.reassign, self._id(), request, _chosen(form))
        return None if self.errors else self._done("Asked. They have a mail.")

    @rx.event
    @policy(P.APPROVAL_REASSIGN)
    async def ask_another(self, form: dict[str, str]):
        await self._submit(documents.ask_another, self._id(), _chosen(form))
        return None if self.errors else self._done("Asked. They have a mail.")

    @rx.event
    @policy(P.DOCUMENT_OVERRIDE_APPROVAL)
    async def override(self, version_id: str, form: dict[str, str]):
        reason = str(form.get("reason", ""))
        await self._submit(documents.override_approval, self._id(), as_id(version_id), reason)
        return None if self.errors else self._done("Overridden. It can go out now.")

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

    @rx.event
    @policy(P.SIGNER_EDIT)
    async def mail_again(self, signer_id: str):
        """The signer's address works again."""
        sent = await self._perform(bounces.lift_of_signer, as_id(signer_id, "signer"))
        words = "Sent again." if sent else "Marked as working. The next mail goes there."
        return [ui.toast(words, "success"), DocumentState.load]

    def _id(self):
        return as_id(self._address("document_id"), "document")

    def _done(self, words: str):
        return [ui.toast(words, "success"), DocumentState.open_dialog(""), DocumentState.load]


def _chosen(form: dict[str, str]) -> UUID | None:
    """The member in the form; None while nobody is chosen."""
    typed = str(form.get("to", ""))
    return as_id(typed, "member") if typed else None
