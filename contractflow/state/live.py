"""What an open tab follows: the text of a draft, and changes of the document it shows."""

from functools import partial

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import documents, drafts, feed, portal
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.following import FEED_CHECK_SECONDS, change_messages, draft_messages, rewrite_messages
from contractflow.web.policy import SIGNER, policy
from contractflow.web.principal import acting_member
from contractflow.web.sockets import is_connected

DRAFT_SINK, DOCUMENT_SINK, REWRITE_SINK, FEED_SINK, ORG_SINK = (
    "cf_draft",
    "cf_document",
    "cf_rewrite",
    "cf_feed",
    "cf_org",
)
MOST_REWRITES = 50
LONGEST_SEEN = 10_000_000


class LiveState(ActingState, rx.State):
    """The handlers run as long as their tab is connected; a new call of the same tab replaces the old one."""

    @rx.event(background=True, supersedes=True)
    @policy(P.DOCUMENT_READ)
    async def follow_draft(self, document_id: str, job: str, epoch: int, offset: int):
        """`epoch` and `offset`: how far the tab's text goes; -1 and 0 at the beginning."""
        document, draft = as_id(document_id, "document"), as_id(job, "draft")
        check = partial(self._perform, drafts.live, document, draft)
        is_there = partial(is_connected, self.router.session.session_id)
        async for message in draft_messages(document, draft, _seen(epoch, offset), check, is_there):
            yield ui.tell(DRAFT_SINK, message)

    @rx.event(background=True, supersedes=True)
    @policy(P.DOCUMENT_READ)
    async def follow_rewrites(self, document_id: str, jobs: list[str]):
        """The clauses of the document that are being rewritten, all at once."""
        document, followed = as_id(document_id, "document"), [as_id(j, "draft") for j in jobs[:MOST_REWRITES]]
        check = partial(self._perform, drafts.live_rewrites, document, followed)
        is_there = partial(is_connected, self.router.session.session_id)
        async for message in rewrite_messages(document, followed, check, is_there):
            yield ui.tell(REWRITE_SINK, message)

    @rx.event(background=True, supersedes=True)
    @policy(P.DOCUMENT_READ)
    async def follow_document(self, document_id: str):
        document = as_id(document_id, "document")
        check = partial(self._perform, documents.follow, document)
        is_there = partial(is_connected, self.router.session.session_id)
        async for message in change_messages(f"document:{document}", document_id, check, is_there):
            yield ui.tell(DOCUMENT_SINK, message)

    @rx.event(background=True, supersedes=True)
    @policy(P.ORG_READ)
    async def follow_feed(self, name: str):
        """`name` is what the listening component calls itself."""
        member, check = await acting_member(), partial(self._perform, feed.unread)
        is_there = partial(is_connected, self.router.session.session_id)
        topic = f"user:{member.user_id}"
        async for message in change_messages(topic, name[:20], check, is_there, FEED_CHECK_SECONDS):
            yield ui.tell(FEED_SINK, message)

    @rx.event(background=True, supersedes=True)
    @policy(P.ORG_READ)
    async def follow_org(self, name: str):
        """Whatever changes in the organisation. `name` is what the listening component calls itself."""
        member, check = await acting_member(), partial(self._perform, feed.unread)
        is_there = partial(is_connected, self.router.session.session_id)
        topic = f"org:{member.org_id}"
        async for message in change_messages(topic, name[:20], check, is_there, FEED_CHECK_SECONDS):
            yield ui.tell(ORG_SINK, message)

    @rx.event(background=True, supersedes=True)
    @policy(SIGNER)
    async def follow_as_client(self, document_id: str):
        document = as_id(document_id, "document")
        check = partial(self._perform_as_signer, portal.follow, document)
        is_there = partial(is_connected, self.router.session.session_id)
        async for message in change_messages(f"document:{document}", document_id, check, is_there):
            yield ui.tell(DOCUMENT_SINK, message)


def _seen(epoch: object, offset: object) -> tuple[int, int]:
    """What the browser says it has; anything odd means nothing, and the text comes from the beginning."""
    if type(epoch) is int and type(offset) is int and 0 <= offset <= LONGEST_SEEN and epoch >= 0:
        return epoch, offset
    return -1, 0
