"""Settings › Profile, and what Settings › Security says of the password."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import members
from contractflow.services.identity import changing_email, profile
from contractflow.services.identity.profile import ProfilePage
from contractflow.services.members import AccountEnd
from contractflow.state.base import ActingState
from contractflow.state.frame import FrameState
from contractflow.state.members import heir_of
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
    leaving: AccountEnd = AccountEnd()
    is_deleting: bool = False
    done: str = ""
    """What a form that led here has just done."""

    @rx.event
    @policy(SIGNED_IN)
    async def load(self):
        self.done = DONE.get(str(self.router.url.query_parameters.get("done", "")), "")
        self.page, self.is_loaded = await self._perform(profile.page), True
        self.leaving, self.is_deleting = await self._perform(members.account_end), False

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

    @rx.event
    @policy(SIGNED_IN)
    async def show_delete(self, is_open: bool):
        self.is_deleting, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.ORG_READ)
    async def delete(self, form: dict[str, str]):
        await self._submit(members.delete_account, str(form.get("typed_email", "")), heir_of(form))
        return None if self.errors else ui.load("/login?reason=deleted")
