"""Settings › Profile, and what Settings › Security says of the password."""

import reflex as rx

from contractflow.services.identity import changing_email, profile
from contractflow.services.identity.profile import ProfilePage
from contractflow.state.base import ActingState
from contractflow.state.frame import FrameState
from contractflow.web import commands as ui
from contractflow.web.policy import SIGNED_IN, policy

DONE = {
    "password": "Your password is changed.",
    "confirmed": "Your address is confirmed.",
    "email": "We sent a link to the new address. Nothing changes until you open it.",
}


class ProfileState(ActingState, rx.State):
    page: ProfilePage = ProfilePage()
    is_loaded: bool = False
    done: str = ""
    """What a form that led here has just done."""

    @rx.event
    @policy(SIGNED_IN)
    async def load(self):
        self.done = DONE.get(str(self.router.url.query_parameters.get("done", "")), "")
        self.page, self.is_loaded = await self._perform(profile.page), True

    @rx.event
    @policy(SIGNED_IN)
    async def rename(self, form: dict[str, str]):
        await self._submit(profile.rename, str(form.get("name", "")))
        return None if self.errors else [ui.toast("Saved.", "success"), ProfileState.load, FrameState.load]

    @rx.event
    @policy(SIGNED_IN)
    async def keep_email(self):
        await self._perform(changing_email.cancel)
        return [ui.toast("Your address stays as it is.", "success"), ui.load("/settings/profile")]
