"""One invoice as its client sees it, and the two ways to pay it."""

import reflex as rx

from contractflow.services import payments
from contractflow.services.payments import PayPage
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import SIGNER, policy


class PortalInvoiceState(ActingState, rx.State):
    page: PayPage = PayPage()
    is_loaded: bool = False
    is_missing: bool = False
    is_reporting: bool = False
    has_returned: bool = False
    """From the checkout: the provider's word may still be on its way to us."""
    has_problem: bool = False
    """The checkout could not be opened."""

    @rx.event
    @policy(SIGNER)
    async def load(self):
        asked = self.router.url.query_parameters
        self.has_returned, self.has_problem = (
            asked.get("from") == "checkout",
            asked.get("problem") == "checkout",
        )
        self.page = await self._look_up_as_signer(payments.to_pay, self._id()) or PayPage()
        self.is_loaded, self.is_missing = True, not self.page.id

    @rx.event
    @policy(SIGNER)
    async def show_report(self, is_open: bool):
        self.is_reporting, self.errors = bool(is_open), {}

    @rx.event
    @policy(SIGNER)
    async def report(self, form: dict[str, str]):
        await self._submit_as_signer(payments.report_transfer, self._id(), str(form.get("note", "")))
        if not self.errors:
            self.is_reporting = False
            return [
                ui.toast("Thank you. You get a receipt when it has arrived.", "success"),
                PortalInvoiceState.load,
            ]
        return None

    @rx.event
    @policy(SIGNER)
    async def pay_now(self):
        """Our own row first; the page that asks the provider is the next request."""
        payment_id = await self._perform_as_signer(payments.start_checkout, self._id())
        return ui.load(f"/portal/invoices/{self._id()}/checkout/{payment_id}")

    def _id(self):
        return as_id(self._address("invoice_id"), "invoice")
