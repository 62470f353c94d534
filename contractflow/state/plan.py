"""Settings › Plan: choosing one, changing it, ending it, and the bills."""

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import plans
from contractflow.services.plans import BillRow, Cost, PlanPage
from contractflow.state.base import ActingState
from contractflow.web import commands as ui
from contractflow.web import plans as at_paddle
from contractflow.web.policy import policy
from contractflow.web.principal import acting_member

YEARLY = "year"


class PlanState(ActingState, rx.State):
    page: PlanPage = PlanPage()
    is_loaded: bool = False
    is_yearly: bool = False
    has_returned: bool = False
    """From the checkout: Paddle's word may still be on its way to us."""
    is_changing: bool = False
    cost: Cost = Cost()

    @rx.event
    @policy(P.SAAS_BILLING_READ)
    async def load(self):
        self.has_returned = self.router.url.query_parameters.get("from") == "checkout"
        self.is_changing = False
        return PlanState.refresh

    @rx.event
    @policy(P.SAAS_BILLING_READ)
    async def refresh(self):
        """What is new of it; what somebody is about to confirm stays open."""
        self.page = await self._perform(plans.plan_page)
        self.is_loaded = True
        self.is_yearly = self.page.is_yearly or self.is_yearly
        return BillsState.load if self.page.has_bills else None

    @rx.event
    @policy(P.SAAS_BILLING_READ)
    async def show_yearly(self, is_yearly: bool):
        self.is_yearly = bool(is_yearly)

    @rx.event
    @policy(P.SAAS_BILLING_MANAGE)
    async def choose(self, tier: str, interval: str):
        """An order of ours first; the page that asks Paddle is the next request."""
        order_id = await self._perform(plans.order, tier, interval)
        return ui.load(f"/api/plan/checkout/{order_id}")

    @rx.event
    @policy(P.SAAS_BILLING_MANAGE)
    async def preview(self, tier: str, interval: str):
        """What it would cost, before anybody confirms it."""
        member = await acting_member()
        cost = await at_paddle.cost_of(member, tier, interval)
        self.cost = await self._perform(plans.shown_cost, tier, interval, cost)
        self.is_changing = True

    @rx.event
    @policy(P.SAAS_BILLING_MANAGE)
    async def close_preview(self, is_open: bool):
        self.is_changing = bool(is_open)

    @rx.event
    @policy(P.SAAS_BILLING_MANAGE)
    async def change(self):
        await at_paddle.change(await acting_member(), self.cost.tier, self.cost.interval)
        self.is_changing = False
        return [ui.toast(self.cost.done, "success"), PlanState.load]

    @rx.event
    @policy(P.SAAS_BILLING_MANAGE)
    async def cancel(self):
        await at_paddle.cancel(await acting_member())
        return [
            ui.toast("The plan ends with the time that is paid for. You can still keep it.", "success"),
            PlanState.load,
        ]

    @rx.event
    @policy(P.SAAS_BILLING_MANAGE)
    async def keep(self):
        await at_paddle.keep(await acting_member())
        return [ui.toast("The plan goes on as before.", "success"), PlanState.load]


class BillsState(ActingState, rx.State):
    """Asked of Paddle once the page is there: it may take a second, and may fail without the page failing."""

    bills: list[BillRow] = []
    is_loaded: bool = False
    problem: str = ""

    @rx.event
    @policy(P.SAAS_BILLING_READ)
    async def load(self):
        found = await at_paddle.bills_or_why(await acting_member())
        self.bills, self.problem, self.is_loaded = plans.bill_rows(found.bills), found.why_not, True
