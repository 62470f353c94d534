"""What a client says about the document of their portal, and what the agency says to them."""

import reflex as rx

from contractflow.services import portal
from contractflow.services.portal import PortalThreads
from contractflow.state.base import ActingState, as_id
from contractflow.web.policy import SIGNER, policy

LONGEST_KEY = 40


class PortalCommentsState(ActingState, rx.State):
    """`sent` and `tried` are the keys of the last words that were taken, or were not."""

    threads: PortalThreads = PortalThreads()
    about: str = ""
    """The block about which something is being said; "all" is the document."""

    replying: str = ""
    sent: str = ""
    tried: str = ""

    @rx.event
    @policy(SIGNER)
    async def load(self):
        self.threads = await self._perform_as_signer(portal.comments)

    @rx.event
    @policy(SIGNER)
    async def open(self, block_id: str):
        self.about, self.replying, self.errors = ("" if block_id == self.about else block_id), "", {}

    @rx.event
    @policy(SIGNER)
    async def reply(self, comment_id: str):
        self.replying, self.about, self.errors = ("" if comment_id == self.replying else comment_id), "", {}

    @rx.event
    @policy(SIGNER)
    async def comment(self, block_id: str, key: str, said: dict[str, str]):
        self.tried, text = key[:LONGEST_KEY], str(said.get("text", ""))
        await self._submit_as_signer(portal.comment, block_id, text, self.tried)
        return self._done()

    @rx.event
    @policy(SIGNER)
    async def answer(self, comment_id: str, key: str, said: dict[str, str]):
        self.tried, text = key[:LONGEST_KEY], str(said.get("text", ""))
        await self._submit_as_signer(portal.answer, as_id(comment_id, "comment"), text, self.tried)
        return self._done()

    def _done(self):
        if self.errors:
            return None
        self.sent, self.about, self.replying = self.tried, "", ""
        return PortalCommentsState.load
