"""One invoice: what was paid on it, recording a payment, sending it, reminding of it, taking it back."""

from uuid import uuid4

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import invoices, payments
from contractflow.services.invoices import InvoicePage
from contractflow.services.payments import TypedPayment
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy

FIELDS = ("amount", "received_on", "reference")


class InvoiceState(ActingState, rx.State):
    page: InvoicePage = InvoicePage()
    dialog: str = ""
    is_loaded: bool = False
    is_missing: bool = False
    _wish: str = ""
    """Made when the form opens: the same form twice is the same payment."""

    @rx.event
    @policy(P.INVOICE_READ)
    async def load(self):
        if self.page.id != self._address("invoice_id"):
            self.reset()
        self.page = await self._look_up(invoices.one, self._id()) or InvoicePage()
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(P.INVOICE_READ)
    async def show(self, dialog: str):
        """Open one of the dialogs; an empty name closes it."""
        self.dialog, self.errors, self._wish = str(dialog)[:20], {}, uuid4().hex

    @rx.event
    @policy(P.PAYMENT_RECORD)
    async def record(self, form: dict[str, str]):
        typed = TypedPayment(**{name: str(form.get(name, "")) for name in FIELDS})
        if await self._submit(payments.record_typed, self._id(), typed, idempotency_key=self._wish):
            self.dialog = ""
            return [ui.toast("Payment recorded. The client gets a receipt.", "success"), InvoiceState.load]
        return None

    @rx.event
    @policy(P.INVOICE_ISSUE)
    async def issue_now(self):
        await self._perform(invoices.issue_now, self._id())
        return [ui.toast("The invoice is on its way to the client.", "success"), InvoiceState.load]

    @rx.event
    @policy(P.INVOICE_VOID)
    async def void(self, form: dict[str, str]):
        await self._submit(invoices.void, self._id(), str(form.get("reason", "")))
        if not self.errors:
            self.dialog = ""
            return [ui.toast("The invoice is void. The client knows.", "success"), InvoiceState.load]
        return None

    @rx.event
    @policy(P.INVOICE_REMIND)
    async def remind(self):
        await self._perform(invoices.remind, self._id())
        return [ui.toast("The reminder is on its way to the client.", "success"), InvoiceState.load]

    @rx.event
    @policy(P.INVOICE_REMIND)
    async def switch_reminders(self, on: bool):
        await self._perform(invoices.switch_reminders, self._id(), on=bool(on))
        return InvoiceState.load

    def _id(self):
        return as_id(self._address("invoice_id"), "invoice")
