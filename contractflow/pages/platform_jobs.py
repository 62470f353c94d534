"""Platform › Jobs: who is at work, what waits, which providers answer, what it costs, and what died."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.empty import empty
from contractflow.components.notice import notice
from contractflow.components.pill import DRAFT, LANE, pill
from contractflow.components.platform_providers import causes, costs, providers
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
from contractflow.services.platform.rows import (
    FailureRow,
    LaneRow,
    UnderWayRow,
    WorkerRow,
)
from contractflow.state.platform_jobs import ROUTE, PlatformJobsState

WIDE = "wide"
page = PlatformJobsState.page


@platform_page(ROUTE, "Jobs", on_load=[PlatformJobsState.load, PlatformJobsState.follow])
def platform_jobs() -> rx.Component:
    return loaded(
        PlatformJobsState.is_loaded,
        rx.el.div(
            rx.cond(page.note, notice("error", page.note)),
            section(
                "Queues",
                _lanes(),
                action=rx.el.span("Read at ", page.read_at, class_name="cf-muted cf-small"),
            ),
            section("Drafts nobody works on any more", _failures()),
            section("Drafts under way", _under_way()),
            section("Providers", providers(), causes()),
            section("Cost by organisation", costs()),
            section("Workers", _workers()),
            class_name="cf-stack cf-stack--wide",
        ),
    )


def _lanes() -> rx.Component:
    def row(lane: LaneRow) -> rx.Component:
        return table_row(
            name_cell(lane.name), cell(pill(LANE, lane.state)), who_cell(lane.workers), value_cell(lane.waiting),
            key=lane.name,
        )  # fmt: skip

    return table("Queues", ("Queue", "State", ("Workers", WIDE), ("Waiting", "value")), page.lanes, row)


def _workers() -> rx.Component:
    def row(worker: WorkerRow) -> rx.Component:
        return table_row(
            name_cell(rx.fragment(worker.kind, rx.el.span(" · ", worker.name, class_name="cf-muted"))),
            cell(pill(LANE, worker.state)), cell(worker.busy, wide=True), value_cell(worker.memory),
            time_cell(worker.since, worker.exact), key=worker.name,
        )  # fmt: skip

    headings = ("Worker", "State", ("Busy", WIDE), ("Memory", "value"), ("Since", WIDE))
    return table("Workers", headings, page.workers, row)


def _under_way() -> rx.Component:
    def row(draft: UnderWayRow) -> rx.Component:
        return table_row(
            name_cell(draft.org), cell(draft.what, wide=True),
            cell(pill(DRAFT, draft.status)), who_cell(draft.provider), cell(draft.attempt, wide=True),
            value_cell(draft.age), key=draft.id,
        )  # fmt: skip

    headings = (
        "Organisation",
        ("What", WIDE),
        "State",
        ("Provider", WIDE),
        ("Attempt", WIDE),
        ("Age", "value"),
    )
    listed = table("Drafts under way", headings, page.under_way, row)
    return rx.cond(page.under_way, listed, empty("circle-check", "Nothing is being drafted at the moment."))


def _failures() -> rx.Component:
    def row(draft: FailureRow) -> rx.Component:
        again = secondary("Retry", on_click=PlatformJobsState.retry(draft.org_id, draft.id))
        return table_row(
            name_cell(draft.org), cell(draft.what, wide=True),
            who_cell(draft.cause), time_cell(draft.ago, draft.exact), cell(again), key=draft.id,
        )  # fmt: skip

    headings = ("Organisation", ("What", WIDE), ("Cause", WIDE), ("Given up", WIDE), "")
    listed = table("Drafts nobody works on any more", headings, page.failures, row)
    return rx.cond(
        page.failures, listed, empty("circle-check", "Every draft of the last month found its end.")
    )
