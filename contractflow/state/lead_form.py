"""Settings › Lead form: what the public form says and asks, and whom its leads go to."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import leads
from contractflow.services.leads import LeadFormPage
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy

FIELDS = ("heading", "intro", "questions", "assignee")


class LeadFormState(ActingState, rx.State):
    page: LeadFormPage = LeadFormPage()
    is_loaded: bool = False

    @rx.event
    @policy(P.LEAD_READ)
    async def load(self):
        self.page, self.is_loaded = await self._perform(leads.form_page), True

    @rx.event
    @policy(P.LEAD_FORM_MANAGE)
    async def save(self, form: dict[str, str]):
        words = {name: str(form.get(name, "")) for name in FIELDS}
        await self._submit(leads.save_form, **words, is_open=bool(form.get("is_open")))
        return None if self.errors else [ui.toast("Saved.", "success"), LeadFormState.load]
