"""One document as its client sees it."""

import reflex as rx

from contractflow.services import portal
from contractflow.services.portal import PortalPage
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import SIGNER, policy

WRONG_CODE = "That is not the code of the newest mail, or it is older than ten minutes. After five tries ask for a new one."


class PortalState(ActingState, rx.State):
    page: PortalPage = PortalPage()
    is_loaded: bool = False
    is_missing: bool = False
    is_declining: bool = False

    @rx.event
    @policy(SIGNER)
    async def load(self):
        page = await self._perform_as_signer(portal.one)
        self.page = page if page.id == self._address("document_id") else PortalPage()
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(SIGNER)
    async def agree(self):
        await self._perform_as_signer(portal.consent)
        return PortalState.load

    @rx.event
    @policy(SIGNER)
    async def send_code(self):
        await self._perform_as_signer(portal.request_code)
        self.errors = {}
        return [ui.toast("The code is on its way to your mail address.", "success"), PortalState.load]

    @rx.event
    @policy(SIGNER)
    async def check_code(self, form: dict[str, str]):
        if not await self._perform_as_signer(portal.verify_code, str(form.get("code", ""))[:40]):
            self.errors = {"code": WRONG_CODE}
            return None
        self.errors = {}
        return PortalState.load

    @rx.event
    @policy(SIGNER)
    async def sign(self, form: dict[str, str]):
        await self._submit_as_signer(
            portal.sign,
            kind=str(form.get("signature_kind", "")),
            typed_name=str(form.get("typed_name", "")),
            drawn=str(form.get("signature", "")),
            agreed_intent=bool(form.get("agreed_intent")),
        )
        return None if self.errors else PortalState.load

    @rx.event
    @policy(SIGNER)
    async def show_decline(self, is_open: bool):
        self.is_declining, self.errors = bool(is_open), {}

    @rx.event
    @policy(SIGNER)
    async def decline(self, form: dict[str, str]):
        await self._submit_as_signer(portal.decline, str(form.get("reason", "")))
        self.is_declining = bool(self.errors)
        return PortalState.load
