"""Members and invitations."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import members
from contractflow.services.members import MembersPage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class MembersState(ActingState, rx.State):
    page: MembersPage = MembersPage()
    is_loaded: bool = False
    is_inviting: bool = False

    @rx.event
    @policy(P.MEMBER_READ)
    async def load(self):
        self.page = await self._perform(members.page)
        self.is_loaded = True

    @rx.event
    @policy(P.MEMBER_INVITE)
    async def show_form(self, is_open: bool):
        self.is_inviting, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.MEMBER_INVITE)
    async def invite(self, form: dict[str, str]):
        words = str(form.get("email", "")), str(form.get("role", ""))
        # Closed already: the second click of a double click.
        if not self.is_inviting or await self._submit(members.invite, *words) is None:
            return None
        self.is_inviting = False
        return [ui.toast("Invitation sent.", "success"), MembersState.load]

    @rx.event
    @policy(P.MEMBER_INVITE)
    async def withdraw(self, invite_id: str):
        await self._perform(members.withdraw_invite, as_id(invite_id))
        return [ui.toast("Invitation withdrawn.", "info"), MembersState.load]
