"""One organisation, as a platform admin sees it, and what they do to it."""

import reflex as rx

from contractflow.services import platform
from contractflow.services.platform import OrganisationPage
from contractflow.state.base import ActingState, as_id
from contractflow.web.commands import toast
from contractflow.web.policy import PLATFORM_ADMIN, policy

SEEN = "Its owner sees who did it."


class PlatformOrganisationState(ActingState, rx.State):
    page: OrganisationPage = OrganisationPage()
    dialog: str = ""
    """Which one is open: suspend, trial, tier, or the key of a limit."""
    is_loaded: bool = False
    is_missing: bool = False

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def load(self):
        found = await self._look_up_as_admin(self._org(), platform.organisation, self._org())
        self.page, self.dialog = found or OrganisationPage(), ""
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def ask(self, dialog: str):
        self.dialog, self.errors = dialog, {}

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def close_dialog(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def suspend(self, form: dict[str, str]):
        await self._do(platform.suspend, str(form.get("reason", "")))
        return self._done("Suspended. Its members read why.")

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def lift(self):
        await self._do(platform.lift)
        return self._done("Open again. Its owner gets a mail.")

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def hold(self, is_held: bool):
        await self._do(platform.hold, is_held=bool(is_held))
        return self._done(f"{'Held' if is_held else 'Released'}. {SEEN}")

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def end_sessions(self):
        await self._do(platform.end_sessions)
        return self._done(f"Everybody is signed out. {SEEN}")

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def extend_trial(self, form: dict[str, str]):
        await self._do(platform.extend_trial, str(form.get("until", "")))
        return self._done(f"Extended. {SEEN}")

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def change_tier(self, form: dict[str, str]):
        await self._do(platform.change_tier, str(form.get("tier", "")))
        return self._done(f"Changed. {SEEN}")

    @rx.event
    @policy(PLATFORM_ADMIN)
    async def override_limit(self, form: dict[str, str]):
        """Of the limit whose dialog is open."""
        await self._do(platform.override_limit, self.dialog, str(form.get("limit", "")))
        return self._done(f"Set. {SEEN}")

    async def _do(self, verb, *args, **named):
        await self._checked(self._perform_as_admin(self._org(), verb, *args, **named))

    def _done(self, words: str):
        return None if self.errors else [toast(words, "success"), PlatformOrganisationState.load]

    def _org(self):
        """What is no id is an organisation that does not exist."""
        return as_id(self._address("organisation_id"), "organisation")
