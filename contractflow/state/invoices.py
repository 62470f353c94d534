"""The list of invoices."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import invoices
from contractflow.services.invoices import InvoiceRow
from contractflow.state.base import ActingState
from contractflow.web.policy import policy


class InvoicesState(ActingState, rx.State):
    rows: list[InvoiceRow] = []
    after: str = ""
    status: str = ""
    is_loaded: bool = False

    @rx.event
    @policy(P.INVOICE_READ)
    async def load(self):
        self.status = self.router.url.query_parameters.get("status", "")
        page = await self._perform(invoices.list_page, status=self.status)
        self.rows, self.after, self.is_loaded = page.rows, page.after, True

    @rx.event
    @policy(P.INVOICE_READ)
    async def more(self):
        page = await self._perform(invoices.list_page, status=self.status, after=self.after)
        self.rows, self.after = [*self.rows, *page.rows], page.after
