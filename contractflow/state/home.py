"""Home: what waits, and for whom."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import home
from contractflow.services.home import HomePage
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class HomeState(ActingState, rx.State):
    page: HomePage = HomePage()
    is_loaded: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.page = await self._perform(home.page)
        self.is_loaded = True
