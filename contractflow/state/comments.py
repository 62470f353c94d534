"""What a tab does with the comments of the document it shows: says, answers, changes, settles."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import comments
from contractflow.services.comments import PersonRow
from contractflow.state.base import ActingState, as_id
from contractflow.state.document import DocumentState
from contractflow.web.policy import policy

LONGEST_KEY = 40


class CommentsState(ActingState, rx.State):
    """Works on the document that DocumentState shows, whose id stands in the address.

    `sent` and `tried` are the keys of the last words that were taken, or were not: the field that wrote them listens.
    """

    about: str = ""
    """The block whose threads stand open below it."""

    wanted: str = ""
    """The thread somebody came for, from a mail or the feed."""

    replying: str = ""
    editing: str = ""
    sent: str = ""
    tried: str = ""
    people: list[PersonRow] = []
    asked: str = ""
    """What the people were looked up for."""

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def arrive(self):
        """The block of the thread somebody came for stands open."""
        self.wanted = self.router.url.query_parameters.get("comment", "")[:LONGEST_KEY]
        threads = (await self.get_state(DocumentState)).threads
        self.about = next((row.block_id for row in threads.on_blocks if row.id == self.wanted), "")

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def open(self, block_id: str):
        self.about = "" if block_id == self.about else block_id
        self.replying = self.editing = ""

    @rx.event
    @policy(P.DOCUMENT_READ)
    async def show(self, block_id: str):
        self.about = block_id

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def answer(self, comment_id: str):
        self.replying, self.editing, self.errors = ("" if comment_id == self.replying else comment_id), "", {}

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def change(self, comment_id: str):
        self.editing, self.replying, self.errors = ("" if comment_id == self.editing else comment_id), "", {}

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def find(self, text: str):
        self.people, self.asked = await self._perform(comments.people, text), text[:100]

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def start(self, block_id: str, key: str, said: dict[str, str]):
        self.tried, text, picked = key[:LONGEST_KEY], *_said(said)
        is_shared = bool(said.get("shared"))
        args = (self._id(), block_id, text)
        await self._submit(comments.start, *args, is_shared=is_shared, picked=picked, key=self.tried)
        return self._done()

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def reply(self, comment_id: str, key: str, said: dict[str, str]):
        self.tried, text, picked = key[:LONGEST_KEY], *_said(said)
        args = (self._id(), as_id(comment_id, "comment"), text)
        await self._submit(comments.reply, *args, picked=picked, key=self.tried)
        return self._done()

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def edit(self, comment_id: str, key: str, said: dict[str, str]):
        self.tried, text, picked = key[:LONGEST_KEY], *_said(said)
        await self._submit(comments.edit, self._id(), as_id(comment_id, "comment"), text, picked=picked)
        return self._done()

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def delete(self, comment_id: str):
        await self._perform(comments.delete, self._id(), as_id(comment_id, "comment"))
        return DocumentState.load

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def resolve(self, comment_id: str):
        await self._perform(comments.resolve, self._id(), as_id(comment_id, "comment"))
        return DocumentState.load

    @rx.event
    @policy(P.COMMENT_WRITE)
    async def reopen(self, comment_id: str):
        await self._perform(comments.reopen, self._id(), as_id(comment_id, "comment"))
        return DocumentState.load

    def _done(self):
        if self.errors:
            return None
        self.sent, self.replying, self.editing = self.tried, "", ""
        return DocumentState.load

    def _id(self):
        return as_id(self._address("document_id"), "document")


def _said(said: dict[str, str]) -> tuple[str, list[str]]:
    """The text, and the ids of those chosen from the suggestions."""
    return str(said.get("text", "")), str(said.get("picked", "")).split()[:50]
