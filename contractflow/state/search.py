"""The search over everything, in the frame of every page."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import search
from contractflow.services.search import Hit
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class SearchState(ActingState, rx.State):
    hits: list[Hit] = []
    answered: str = ""
    """What the hits are for: an answer that comes late is not shown for later words."""

    @rx.event(supersedes=True)
    @policy(P.ORG_READ)
    async def find(self, text: str):
        self.hits, self.answered = await self._perform(search.find, text), text
