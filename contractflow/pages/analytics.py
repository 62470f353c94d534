"""Analytics: how long signing takes, how far documents come, what is signed each month, and what is still owed."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.chart import columns, lying_bars
from contractflow.components.empty import empty
from contractflow.components.fields import select_field
from contractflow.components.refused import new_document
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import toolbar
from contractflow.permissions import Permission as P
from contractflow.services.analytics import PERIODS, STAGES, Cohort, Money
from contractflow.state.analytics import AnalyticsState

page = AnalyticsState.page
SPANS = [(str(months), f"Last {months} months") for months in PERIODS]


@member_page("/analytics", "Analytics", on_load=AnalyticsState.load, needs=P.INVOICE_READ)
def analytics() -> rx.Component:
    shown = rx.cond(page.is_empty, _nothing(), rx.fragment(_signing(), _funnel(), _values(), _receivables()))
    return rx.el.div(_toolbar(), loaded(AnalyticsState.is_loaded, shown), class_name="cf-stack")


def _toolbar() -> rx.Component:
    return toolbar(
        select_field(
            "Period",
            "months",
            SPANS,
            value=AnalyticsState.months,
            on_change=AnalyticsState.choose_months,
            is_filter=True,
        ),
        select_field(
            "Client",
            "client",
            page.clients,
            every="All clients",
            value=AnalyticsState.client,
            on_change=AnalyticsState.choose_client,
            is_filter=True,
        ),
    )


def _download(table: str, title: str) -> rx.Component:
    """What is shown, for a spreadsheet; the period and the client go along."""
    asked = [
        "/api/analytics.csv?table=",
        table,
        "&months=",
        AnalyticsState.months,
        "&client=",
        AnalyticsState.client,
    ]
    return link_button(
        "Download CSV",
        rx.Var.create(asked).join(),
        "download",
        look="quiet",
        native=True,
        aria_label=f"Download CSV: {title}",
    )


def _signing() -> rx.Component:
    return section(
        "Time to sign",
        rx.el.p(
            "From the mail to the last signature, of what was signed in this period.", class_name="cf-muted"
        ),
        rx.el.dl(
            _figure("Half are signed within", page.median),
            _figure("Nine of ten within", page.p90),
            _figure("Signed", page.signed),
            class_name="cf-tiles",
        ),
        action=_download("signing", "Time to sign"),
    )


def _figure(words: str, value: rx.Var) -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(rx.cond(value, value, "–")))


def _funnel() -> rx.Component:
    head = [rx.el.th("Made in", scope="col"), *[rx.el.th(stage, scope="col") for stage in STAGES]]
    months = rx.el.table(
        rx.el.thead(rx.el.tr(*head)),
        rx.el.tbody(rx.foreach(page.cohorts, _cohort)),
        class_name="cf-figures",
        aria_label="How far documents came, by month",
    )
    return section(
        "From draft to paid",
        rx.el.p("How far the documents made in this period have come.", class_name="cf-muted"),
        lying_bars("From draft to paid", page.funnel),
        rx.el.details(
            rx.el.summary("By month"),
            rx.el.div(months, class_name="cf-scroll"),
            rx.el.p(_download("months", "From draft to paid by month")),
        ),
        action=_download("funnel", "From draft to paid"),
    )


def _cohort(cohort: Cohort) -> rx.Component:
    counts = rx.foreach(cohort.counts, lambda count, at: rx.el.td(count, key=at))
    return rx.el.tr(rx.el.th(cohort.month, scope="row"), counts, key=cohort.month)


def _values() -> rx.Component:
    nothing = rx.el.p("Nothing was signed in this period.", class_name="cf-muted")
    charts = rx.foreach(page.value_signed, _signed_in)
    download = rx.cond(page.value_signed, _download("value-signed", "Value signed"))
    return section("Value signed", rx.cond(page.value_signed, charts, nothing), action=download)


def _signed_in(of: Money) -> rx.Component:
    return _currency(of, columns(rx.Var.create("Value signed per month, ") + of.currency, of.bars))


def _receivables() -> rx.Component:
    nothing = rx.el.p("Nothing is owed: every invoice that went out is paid.", class_name="cf-muted")
    charts = rx.foreach(page.receivables, _owed_in)
    download = rx.cond(page.receivables, _download("receivables", "Receivables by age"))
    return section("Receivables by age", rx.cond(page.receivables, charts, nothing), action=download)


def _owed_in(of: Money) -> rx.Component:
    return _currency(of, lying_bars(rx.Var.create("Receivables by age, ") + of.currency, of.bars))


def _currency(of: Money, chart: rx.Component) -> rx.Component:
    head = rx.el.p(rx.el.span(of.total, class_name="cf-strong"), " in ", of.currency, class_name="cf-muted")
    return rx.el.div(head, chart, class_name="cf-currency", key=of.currency)


def _nothing() -> rx.Component:
    return empty(
        "chart-column", "Figures stand here once documents are made, signed and paid.", new_document()
    )
