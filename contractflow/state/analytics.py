"""Analytics: the period and the client live in the address."""

from urllib.parse import urlencode

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import analytics
from contractflow.services.analytics import AnalyticsPage
from contractflow.state.base import ActingState, as_id
from contractflow.web.policy import policy


class AnalyticsState(ActingState, rx.State):
    page: AnalyticsPage = AnalyticsPage()
    months: str = ""
    client: str = ""
    is_loaded: bool = False

    @rx.event
    @policy(P.INVOICE_READ)
    async def load(self):
        asked = self.router.url.query_parameters
        self.months, self.client = str(asked.get("months", "12")), str(asked.get("client", ""))
        period = int(self.months) if self.months in map(str, analytics.PERIODS) else analytics.USUAL
        of = as_id(self.client, "client") if self.client else None
        self.page = await self._perform(analytics.page, months=period, client_id=of)
        self.is_loaded = True

    @rx.event
    @policy(P.INVOICE_READ)
    async def choose_months(self, months: str):
        return self._go(months=str(months))

    @rx.event
    @policy(P.INVOICE_READ)
    async def choose_client(self, client: str):
        return self._go(client=str(client))

    def _go(self, **change: str):
        asked = {"months": self.months, "client": self.client} | change
        query = urlencode({name: value for name, value in asked.items() if value})
        return rx.redirect(f"/analytics?{query}" if query else "/analytics", replace=True)
