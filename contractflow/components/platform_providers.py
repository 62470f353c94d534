"""What the platform asks of AI providers: whether they answer, how soon, why not, and for how much."""

from __future__ import annotations

import reflex as rx

from contractflow.components.empty import empty
from contractflow.components.pill import BREAKER, pill
from contractflow.components.table import cell, name_cell, table, table_row, value_cell, who_cell
from contractflow.services.platform.rows import CauseRow, CostRow, ProviderRow
from contractflow.state.platform_jobs import PlatformJobsState

WIDE = "wide"
page = PlatformJobsState.page


def providers() -> rx.Component:
    def row(provider: ProviderRow) -> rx.Component:
        return table_row(
            name_cell(rx.fragment(provider.name, rx.el.span(" · ", provider.model, class_name="cf-muted"))),
            cell(pill(BREAKER, provider.state), " ", provider.breaker),
            cell(provider.hour, wide=True), cell(provider.day, wide=True), cell(provider.failed_hour, wide=True),
            value_cell(provider.failed_day), key=provider.key,
        )  # fmt: skip

    headings = (
        "Provider", "Breaker", ("First text, hour", WIDE), ("First text, day", WIDE), ("Failed, hour", WIDE),
        ("Failed, day", "value"),
    )  # fmt: skip
    note = "First text: half of all attempts, and 95 of 100, were quicker."
    return rx.fragment(
        table("Providers", headings, page.providers, row), rx.el.p(note, class_name="cf-muted cf-small")
    )


def causes() -> rx.Component:
    def row(cause: CauseRow) -> rx.Component:
        return table_row(
            name_cell(cause.cause), who_cell(cause.provider), cell(cause.hour, wide=True), value_cell(cause.day),
            key=cause.key,
        )  # fmt: skip

    headings = ("Cause of failure", ("Provider", WIDE), ("Last hour", WIDE), ("Last day", "value"))
    return rx.cond(page.causes, table("Causes of failure", headings, page.causes, row))


def costs() -> rx.Component:
    def row(cost: CostRow) -> rx.Component:
        return table_row(
            name_cell(cost.org), cell(cost.attempts, wide=True), cell(cost.tokens, wide=True),
            value_cell(cost.cost), key=cost.org_id,
        )  # fmt: skip

    headings = ("Organisation", ("Attempts", WIDE), ("Tokens", WIDE), ("Cost", "value"))
    total = rx.el.p(
        "Together ",
        page.total_cost,
        " in ",
        page.month,
        ". What has no price is not in it.",
        class_name="cf-muted cf-small",
    )
    listed = rx.fragment(table("Cost by organisation", headings, page.costs, row), total)
    return rx.cond(page.costs, listed, empty("receipt", "Nothing was asked of a provider this month."))
