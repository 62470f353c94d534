"""The pages between the password and the desk: the second step, setting one up, confirming."""

import reflex as rx

from contractflow.services import factors
from contractflow.services.factors import SecurityPage
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.forms import local_path
from contractflow.web.policy import ENROLLING, PUBLIC, policy


class SecondStepState(rx.State):
    """What the address says; who is half signed in, only the cookie knows."""

    by: str = "app"
    onward: str = ""

    @rx.event
    @policy(PUBLIC)
    async def load(self):
        asked = self.router.url.query_parameters
        by = str(asked.get("by", ""))
        self.by = by if by in ("app", "passkey", "app.passkey") else "app"
        self.onward = local_path(str(asked.get("next", "")))


class EnrolState(ActingState, rx.State):
    page: SecurityPage = SecurityPage()
    is_loaded: bool = False

    @rx.event
    @policy(ENROLLING)
    async def load(self):
        self.page, self.is_loaded = await self._perform(factors.page), True
        onward = local_path(str(self.router.url.query_parameters.get("next", "")))
        return ui.load(onward or "/home") if self.page.has_factor else None
