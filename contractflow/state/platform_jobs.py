"""How the platform's work is doing, live."""

from functools import partial

import reflex as rx

from contractflow.services import platform
from contractflow.services.platform import JobsPage
from contractflow.state.base import ActingState, as_id
from contractflow.web.commands import toast
from contractflow.web.following import snapshots
from contractflow.web.policy import PLATFORM_ADMIN, policy
from contractflow.web.sockets import is_connected

REFRESH_SECONDS = 2.0
ROUTE = "/admin/jobs"


class PlatformJobsState(ActingState, rx.State):
    page: JobsPage = JobsPage()
    is_loaded: bool = False

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def load(self):
        self.page, self.is_loaded = await self._perform_as_admin(None, platform.jobs), True

    @rx.event(background=True, supersedes=True)
    @policy(PLATFORM_ADMIN)
    async def follow(self):
        """As long as the tab is connected and on this page."""
        read = partial(self._perform_as_admin, None, platform.jobs)
        is_there = partial(is_connected, self.router.session.session_id)
        async for page in snapshots(read, is_there, REFRESH_SECONDS):
            async with self:
                if self.router.url.path.rstrip("/") != ROUTE:
                    return
                self.page = page

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def retry(self, org_id: str, draft_id: str):
        org, draft = as_id(org_id, "organisation"), as_id(draft_id, "draft")
        await self._perform_as_admin(org, platform.revive, draft)
        return [toast("Queued again. Its organisation sees who did it.", "success"), PlatformJobsState.load]
