"""Settings › Organisation: what it is called, its owner, and its end."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import orgs
from contractflow.services.orgs import OrganisationPage
from contractflow.state.base import ActingState
from contractflow.state.frame import FrameState
from contractflow.web import commands as ui
from contractflow.web.policy import policy

FIELDS = ("name", "legal_name", "tax_id", "address", "currency", "timezone")


class OrganisationState(ActingState, rx.State):
    page: OrganisationPage = OrganisationPage()
    is_loaded: bool = False
    is_deleting: bool = False
    done: str = ""
    """What a form that led here has just done."""

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.done = str(self.router.url.query_parameters.get("done", ""))
        self.page, self.is_loaded = await self._perform(orgs.organisation), True

    @rx.event
    @policy(P.ORG_UPDATE)
    async def save(self, form: dict[str, str]):
        await self._submit(orgs.save_organisation, **{name: str(form.get(name, "")) for name in FIELDS})
        return None if self.errors else self._done("Saved. New documents and invoices show it.")

    @rx.event
    @policy(P.BRAND_MANAGE)
    async def remove_logo(self):
        await self._perform(orgs.remove_logo)
        return self._done("Removed. Clients see the first letter of your name.")

    @rx.event
    @policy(P.ORG_DELETE)
    async def show_delete(self, is_open: bool):
        self.is_deleting, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.ORG_DELETE)
    async def delete(self, form: dict[str, str]):
        await self._submit(orgs.request_deletion, str(form.get("typed_name", "")))
        self.is_deleting = bool(self.errors)
        return None if self.errors else self._done("It will be deleted. Until then you can keep it.")

    @rx.event
    @policy(P.ORG_DELETE)
    async def keep(self):
        await self._perform(orgs.undo_deletion)
        return self._done("The organisation is kept. Everything works as before.")

    def _done(self, words: str):
        return [ui.toast(words, "success"), OrganisationState.load, FrameState.load]
