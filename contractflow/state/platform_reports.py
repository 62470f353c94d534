"""What browsers reported of the content security policy."""

import reflex as rx

from contractflow.services import platform
from contractflow.services.platform import ReportsPage
from contractflow.state.base import ActingState
from contractflow.web.policy import PLATFORM_ADMIN, policy


class PlatformReportsState(ActingState, rx.State):
    page: ReportsPage = ReportsPage()
    is_loaded: bool = False

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def load(self):
        self.page, self.is_loaded = await self._perform_as_admin(None, platform.reports), True
