"""Members and invitations."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import bounces, members, sessions
from contractflow.services.members import HeirChoice, MemberRow, MembersPage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class MembersState(ActingState, rx.State):
    page: MembersPage = MembersPage()
    is_loaded: bool = False
    dialog: str = ""
    chosen: MemberRow = MemberRow()
    """Whom the open dialog is about."""
    heirs: list[HeirChoice] = []
    """Who could take over what the chosen one owns."""

    @rx.event
    @policy(P.MEMBER_READ)
    async def load(self):
        self.page = await self._perform(members.page)
        self.is_loaded = True

    @rx.event
    @policy(P.MEMBER_READ)
    async def ask(self, dialog: str, member_id: str):
        self.dialog, self.errors = dialog, {}
        self.chosen = next((row for row in self.page.members if row.id == member_id), MemberRow())
        self.heirs = [heir for heir in self.page.heirs if heir.value != member_id]

    @rx.event
    @policy(P.MEMBER_READ)
    async def close(self, is_open: bool):
        self.dialog = self.dialog if is_open else ""

    @rx.event
    @policy(P.MEMBER_INVITE)
    async def invite(self, form: dict[str, str]):
        words = str(form.get("email", "")), str(form.get("role", ""))
        # Closed already: the second click of a double click.
        if self.dialog != "invite" or await self._submit(members.invite, *words) is None:
            return None
        return self._done("Invitation sent.")

    @rx.event
    @policy(P.MEMBER_INVITE)
    async def invite_again(self, invite_id: str):
        await self._perform(members.invite_again, as_id(invite_id))
        return self._done("Sent again. The earlier link no longer works.")

    @rx.event
    @policy(P.MEMBER_INVITE)
    async def withdraw(self, invite_id: str):
        await self._perform(members.withdraw_invite, as_id(invite_id))
        return self._done("Invitation withdrawn.")

    @rx.event
    @policy(P.MEMBER_CHANGE_ROLE)
    async def change_role(self, form: dict[str, str]):
        await self._submit(members.change_role, as_id(self.chosen.id), str(form.get("role", "")))
        return None if self.errors else self._done(f"The role of {self.chosen.name} is changed.")

    @rx.event
    @policy(P.MEMBER_REMOVE)
    async def suspend(self):
        await self._perform(members.suspend, as_id(self.chosen.id))
        return self._done(f"{self.chosen.name} is suspended and signed out.")

    @rx.event
    @policy(P.MEMBER_REMOVE)
    async def reinstate(self, member_id: str):
        await self._perform(members.reinstate, as_id(member_id))
        return self._done("Reinstated. They can sign in again.")

    @rx.event
    @policy(P.MEMBER_END_SESSIONS)
    async def end_sessions(self, member_id: str):
        ended = await self._perform(sessions.end_of_member, as_id(member_id, "member"))
        return self._done("Signed out everywhere." if ended else "They are signed in nowhere.")

    @rx.event
    @policy(P.ORG_READ)
    async def lift(self, member_id: str):
        await self._perform(bounces.lift_of_member, as_id(member_id, "member"))
        return self._done("Mails go there again.")

    @rx.event
    @policy(P.MEMBER_REMOVE)
    async def remove(self, form: dict[str, str]):
        await self._submit(members.remove, as_id(self.chosen.id), heir_of(form))
        return None if self.errors else self._done(f"{self.chosen.name} is removed and signed out.")

    @rx.event
    @policy(P.ORG_READ)
    async def leave(self, form: dict[str, str]):
        await self._submit(members.leave, heir_of(form))
        return None if self.errors else ui.load("/login?reason=left")

    @rx.event
    @policy(P.ORG_TRANSFER)
    async def offer(self):
        await self._perform(members.offer_ownership, as_id(self.chosen.id))
        return self._done(f"Offered. {self.chosen.name} has seven days to accept.")

    @rx.event
    @policy(P.ORG_TRANSFER)
    async def withdraw_offer(self):
        await self._perform(members.withdraw_ownership)
        return self._done("The offer is withdrawn.")

    @rx.event
    @policy(P.ORG_READ)
    async def accept_offer(self):
        await self._perform(members.accept_ownership)
        return [ui.load("/settings/members")]

    @rx.event
    @policy(P.ORG_READ)
    async def decline_offer(self):
        await self._perform(members.decline_ownership)
        return self._done("Declined. The owner is told.")

    def _done(self, words: str):
        self.dialog = ""
        return [ui.toast(words, "success"), MembersState.load]


def heir_of(form: dict[str, str]):
    """Who takes over the documents; nobody where nothing was chosen."""
    chosen = str(form.get("heir", ""))
    return as_id(chosen, "member") if chosen else None
