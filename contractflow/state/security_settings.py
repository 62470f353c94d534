"""Settings › Security: one's own factors. What shows secrets goes another way: components/second_factor.py."""

import reflex as rx

from contractflow.services import factors
from contractflow.services.factors import SecurityPage
from contractflow.state.base import ActingState, as_id
from contractflow.state.security_policy import SecurityPolicyState
from contractflow.web import commands as ui
from contractflow.web.policy import SIGNED_IN, policy


class SecurityState(ActingState, rx.State):
    page: SecurityPage = SecurityPage()
    is_loaded: bool = False
    naming: str = ""
    """Which passkey is being renamed; empty for none."""
    old_name: str = ""

    @rx.event
    @policy(SIGNED_IN)
    async def load(self):
        self.page, self.is_loaded = await self._perform(factors.page), True
        return SecurityPolicyState.load  # it counts who has what

    @rx.event
    @policy(SIGNED_IN)
    async def remove_app(self):
        await self._submit(factors.remove_totp)
        return None if self.errors else [ui.toast("The app is removed.", "success"), SecurityState.load]

    @rx.event
    @policy(SIGNED_IN)
    async def show_naming(self, passkey_id: str, name: str):
        self.naming, self.old_name, self.errors = str(passkey_id), str(name), {}

    @rx.event
    @policy(SIGNED_IN)
    async def stop_naming(self, _is_open: bool):
        self.naming, self.errors = "", {}

    @rx.event
    @policy(SIGNED_IN)
    async def rename_passkey(self, form: dict[str, str]):
        passkey = as_id(self.naming, "passkey")
        await self._submit(factors.rename_passkey, passkey, str(form.get("name", "")))
        if self.errors:
            return None
        self.naming = ""
        return SecurityState.load

    @rx.event
    @policy(SIGNED_IN)
    async def remove_passkey(self, passkey_id: str):
        await self._submit(factors.remove_passkey, as_id(passkey_id, "passkey"))
        return None if self.errors else [ui.toast("The passkey is removed.", "success"), SecurityState.load]

    @rx.event
    @policy(SIGNED_IN)
    async def forget_device(self, device_id: str):
        await self._perform(factors.forget_device, as_id(device_id, "browser"))
        return [ui.toast("That browser is forgotten.", "success"), SecurityState.load]
