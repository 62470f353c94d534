"""Platform › Browser reports: what the content security policy stopped, where, and how often."""

import reflex as rx

from contractflow.components.empty import empty
from contractflow.components.notice import notice
from contractflow.components.platform_shell import platform_page
from contractflow.components.sections import section
from contractflow.components.skeleton import loaded
from contractflow.components.table import (
    cell,
    name_cell,
    table,
    table_row,
    time_cell,
    value_cell,
    who_cell,
)
from contractflow.services.platform.reports import ReportRow
from contractflow.state.platform_reports import PlatformReportsState

WIDE = "wide"
page = PlatformReportsState.page
ABOUT = (
    "Every page allows its own scripts and styles and nothing else. What a browser stopped for that reason is listed "
    "here for thirty days: an attack, an extension of somebody's browser, or a mistake of ours. Nobody's address, "
    "browser or document is kept."
)


@platform_page("/admin/reports", "Browser reports", on_load=[PlatformReportsState.load])
def platform_reports() -> rx.Component:
    nothing = empty("shield-check", "No browser has reported anything in the last thirty days.")
    return loaded(
        PlatformReportsState.is_loaded,
        rx.el.div(
            rx.cond(page.note, notice("error", page.note)),
            section(
                "Stopped by the content security policy",
                rx.el.p(ABOUT, class_name="cf-muted"),
                rx.cond(page.rows, _reports(), nothing),
            ),
            class_name="cf-stack cf-stack--wide",
        ),
    )


def _reports() -> rx.Component:
    def row(report: ReportRow) -> rx.Component:
        return table_row(
            name_cell(report.blocked), cell(report.directive), cell(report.page, wide=True), who_cell(report.source),
            value_cell(report.times), time_cell(report.ago, report.exact), key=report.key,
        )  # fmt: skip

    headings = (
        "What was stopped", "Directive", ("On page", WIDE), ("Asked for by", WIDE), ("Times", "value"), ("Last", WIDE),
    )  # fmt: skip
    return table("Reports", headings, page.rows, row)
