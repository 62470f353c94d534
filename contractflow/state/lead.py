"""One lead: what was asked, who answers, and what becomes of it."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import leads
from contractflow.services.leads import LeadPage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy


class LeadState(ActingState, rx.State):
    page: LeadPage = LeadPage()
    is_loaded: bool = False
    is_missing: bool = False
    is_refusing: bool = False

    @rx.event
    @policy(P.LEAD_READ)
    async def load(self):
        self.page = await self._look_up(leads.one, self._id()) or LeadPage()
        self.is_loaded, self.is_missing, self.is_refusing = True, not self.page.id, False

    @rx.event
    @policy(P.LEAD_WRITE)
    async def contact(self):
        await self._perform(leads.contact, self._id())
        return [ui.toast("Marked as contacted.", "success"), LeadState.load]

    @rx.event
    @policy(P.LEAD_WRITE)
    async def qualify(self):
        await self._perform(leads.qualify, self._id())
        return [ui.toast("Qualified.", "success"), LeadState.load]

    @rx.event
    @policy(P.LEAD_WRITE)
    async def reopen(self):
        await self._perform(leads.reopen, self._id())
        return [ui.toast("Open again.", "success"), LeadState.load]

    @rx.event
    @policy(P.LEAD_WRITE)
    async def assign(self, membership_id: str):
        await self._perform(leads.assign, self._id(), str(membership_id))
        return [ui.toast("Assigned.", "success"), LeadState.load]

    @rx.event
    @policy(P.LEAD_WRITE)
    async def show_refusal(self, is_open: bool):
        self.is_refusing, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.LEAD_WRITE)
    async def disqualify(self, form: dict[str, str]):
        await self._submit(leads.disqualify, self._id(), str(form.get("reason", "")))
        return None if self.errors else [ui.toast("Disqualified.", "success"), LeadState.load]

    @rx.event
    @policy(P.LEAD_WRITE)
    async def convert(self):
        made = await self._perform(leads.convert, self._id())
        words = "Client, project and draft are there. Draft with AI, or write it yourself."
        return [ui.toast(words, "success"), rx.redirect(f"/documents/{made.document_id}")]

    def _id(self):
        return as_id(self._address("lead_id"), "lead")
