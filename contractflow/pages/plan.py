"""Settings › Plan: what the organisation has, what of it is used, what else there is, and the bills."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.dialog import confirm
from contractflow.components.icon import anchor
from contractflow.components.notice import notice
from contractflow.components.pill import INVOICE, SUBSCRIPTION, pill
from contractflow.components.plan_cards import change_dialog, plans
from contractflow.components.sections import facts, section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import cell, name_cell, table, table_row, value_cell
from contractflow.permissions import Permission as P
from contractflow.services.plans import BillRow, UseRow
from contractflow.state.plan import BillsState, PlanState
from contractflow.state.refused import RefusedState

page = PlanState.page
ROUTE = "/settings/plan"
OWN_SERVER = "Nobody is billed for a plan on this server, and no trial ends here."
HOW_IT_ENDS = (
    "It ends with the time that is paid for, and can be kept until then. Afterwards the organisation only reads: "
    "nothing is deleted, and clients go on signing and paying."
)


@settings_page(
    ROUTE,
    "Plan",
    on_load=[PlanState.load, RefusedState.load],
    on_news=[PlanState.refresh],
    needs=P.SAAS_BILLING_READ,
)
def plan() -> rx.Component:
    sold = rx.fragment(section("Plans", plans()), rx.cond(page.has_bills, _bills()), change_dialog())
    shown = rx.el.div(_notices(), _present(), _used(), rx.cond(page.is_billed, sold))
    return loaded(PlanState.is_loaded, shown)


def _notices() -> rx.Component:
    why = RefusedState.errors[ROUTE]["form"]
    arriving = notice(
        "info",
        "We are waiting to hear that your payment arrived",
        "If you paid, the plan follows by itself within a minute. If you did not, choose it again: nothing is charged twice.",
    )
    return rx.fragment(
        rx.cond(why, notice("error", why)),
        rx.cond(PlanState.has_returned & ~page.is_at_paddle, arriving),
        rx.cond(page.why_not, notice("info", page.why_not)),
    )


def _present() -> rx.Component:
    name = rx.el.span(page.tier, rx.cond(page.status, pill(SUBSCRIPTION, page.status)), class_name="cf-line")
    return section(
        "Your plan",
        facts(
            ("Plan", name),
            ("Price", rx.cond(page.price, page.price, "Nothing is charged")),
            ("Next bill", rx.cond(page.next_bill, page.next_bill, "None")),
        ),
        rx.el.p(rx.cond(page.is_billed, page.lead, OWN_SERVER), class_name="cf-muted"),
        rx.cond(page.agreed, notice("warning", page.agreed, action=rx.cond(page.can_keep, _keep()))),
        rx.cond(page.is_at_paddle & (page.why_not == ""), _at_paddle()),
    )


def _keep() -> rx.Component:
    return secondary("Keep the present plan", on_click=PlanState.keep)


def _at_paddle() -> rx.Component:
    ask = secondary("Cancel the plan")
    look = rx.cond(page.is_past_due, "cf-button cf-button--primary", "cf-button cf-button--secondary")
    card = anchor("Give another card", href="/api/plan/card", class_name=look)
    return rx.el.div(
        card,
        link_button("Cards and addresses at Paddle", "/api/plan/portal", look="secondary", native=True),
        rx.cond(
            page.can_cancel,
            confirm(ask, "Cancel the plan?", HOW_IT_ENDS, "Cancel the plan", PlanState.cancel, destroys=True),
        ),
        class_name="cf-line cf-line--wrap",
    )


def _used() -> rx.Component:
    return section("What is used", rx.el.dl(rx.foreach(page.uses, _use), class_name="cf-facts"))


def _use(use: UseRow) -> rx.Component:
    bar = rx.el.progress(value=use.share, max=100, aria_hidden="true")
    return rx.fragment(
        rx.el.dt(use.label),
        rx.el.dd(
            rx.el.span(
                rx.cond(use.share >= 0, bar),
                rx.el.span(use.words),
                class_name=rx.cond(use.is_full, "cf-progress cf-progress--full", "cf-progress"),
            )
        ),
    )


def _bills() -> rx.Component:
    listed = table("Bills", ["Number", "Billed", "State", ("Amount", "value")], BillsState.bills, _bill)
    none = rx.el.p("No bill yet.", class_name="cf-muted")
    return section(
        "Bills",
        rx.cond(
            BillsState.problem,
            notice("warning", BillsState.problem, "The plan itself is as shown above."),
            loaded(BillsState.is_loaded, rx.cond(BillsState.bills, listed, none)),
        ),
    )


def _bill(bill: BillRow) -> rx.Component:
    receipt = anchor(bill.number, href=f"/api/plan/receipts/{bill.ref}")
    return table_row(
        name_cell(rx.cond(bill.number, receipt, "Not paid yet")),
        cell(bill.day),
        cell(pill(INVOICE, bill.state)),
        value_cell(bill.amount),
        key=bill.ref,
    )
