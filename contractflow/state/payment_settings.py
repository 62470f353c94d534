"""Settings › Payments: the bank details, and cards through Paddle."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import orgs
from contractflow.services.orgs import PaymentSettings
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web.policy import policy

FIELDS = ("holder", "iban", "bic", "bank", "due_days")


class PaymentSettingsState(ActingState, rx.State):
    page: PaymentSettings = PaymentSettings()
    is_loaded: bool = False
    is_connecting: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.page, self.is_loaded = await self._perform(orgs.payment_settings), True

    @rx.event
    @policy(P.ORG_UPDATE)
    async def save(self, form: dict[str, str]):
        await self._submit(orgs.save_bank_details, **{name: str(form.get(name, "")) for name in FIELDS})
        if not self.errors:
            return [
                ui.toast("Saved. Your clients see these details now.", "success"),
                PaymentSettingsState.load,
            ]
        return None

    @rx.event
    @policy(P.PAYMENT_PROVIDER_CONNECT)
    async def show_connect(self, is_open: bool):
        self.is_connecting, self.errors = bool(is_open), {}

    @rx.event
    @policy(P.PAYMENT_PROVIDER_CONNECT)
    async def connect(self, form: dict[str, str]):
        await self._submit(orgs.connect_paddle, is_confirmed=bool(form.get("is_confirmed")))
        if not self.errors:
            self.is_connecting = False
            return [ui.toast("Clients can pay by card now.", "success"), PaymentSettingsState.load]
        return None

    @rx.event
    @policy(P.PAYMENT_PROVIDER_CONNECT)
    async def disconnect(self):
        await self._perform(orgs.disconnect_paddle)
        return [
            ui.toast("Cards are off. Clients pay by bank transfer.", "success"),
            PaymentSettingsState.load,
        ]
