"""The organisations of the platform: finding one."""

from urllib.parse import quote

import reflex as rx

from contractflow.services import platform
from contractflow.services.platform import OrganisationRow
from contractflow.state.base import ActingState
from contractflow.web.policy import PLATFORM_ADMIN, policy

ROUTE = "/admin/organisations"


class PlatformOrganisationsState(ActingState, rx.State):
    rows: list[OrganisationRow] = []
    after: str = ""
    text: str = ""
    is_loaded: bool = False

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def load(self):
        self.text = self.router.url.query_parameters.get("q", "")
        page = await self._perform_as_admin(None, platform.organisations, self.text)
        self.rows, self.after, self.is_loaded = page.rows, page.after, True

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def more(self):
        page = await self._perform_as_admin(None, platform.organisations, self.text, self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def search(self, text: str):
        return rx.redirect(f"{ROUTE}?q={quote(text)}" if text else ROUTE, replace=True)
