"""Settings › Security: how one signs in."""

import reflex as rx

from contractflow.services import factors
from contractflow.services.factors import SecurityPage
from contractflow.state.base import ActingState
from contractflow.web.policy import SIGNED_IN, policy


class SecurityState(ActingState, rx.State):
    page: SecurityPage = SecurityPage()
    is_loaded: bool = False

    @rx.event
    @policy(SIGNED_IN)
    async def load(self):
        self.page, self.is_loaded = await self._perform(factors.page), True
