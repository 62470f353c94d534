"""The log of one integration: every message of the last thirty days, what came of it, and sending it once more."""

import reflex as rx

from contractflow.components.buttons import icon_button, quiet, secondary
from contractflow.components.empty import empty
from contractflow.components.fields import select_field
from contractflow.components.integration_forms import DELIVERY
from contractflow.components.pill import pill
from contractflow.components.sections import section
from contractflow.components.table import actions_cell, cell, name_cell, pager, table, table_row, time_cell
from contractflow.services.outgoing import DeliveryRow
from contractflow.state.integration import IntegrationState as State

page = State.page
STATUSES = (("queued", "Waiting"), ("delivered", "Delivered"), ("dead", "Failed"))
HEADINGS = ("Event", "", ("Answer", "wide"), ("Took", "wide"), ("Attempts", "wide"), ("When", "wide"), "")


def integration_log() -> rx.Component:
    nothing = empty(
        "inbox", "Nothing was sent in the last thirty days. Send a test event to see whether it arrives."
    )
    return section(
        "Log",
        _tools(),
        rx.cond(page.messages, table("Log", HEADINGS, page.messages, _row), nothing),
        rx.cond(page.after, pager("", quiet("Show older", on_click=State.more))),
    )


def _tools() -> rx.Component:
    return rx.el.div(
        select_field(
            "Show",
            "status",
            STATUSES,
            every="Everything",
            value=State.status,
            on_change=State.narrow,
            is_filter=True,
        ),
        icon_button("refresh-cw", "Look again", on_click=State.load),
        rx.cond(
            page.failed > 0,
            secondary("Send all failed again", "rotate-ccw", on_click=State.ask("replay_failed")),
        ),
        class_name="cf-toolbar",
        role="search",
    )


def _row(row: DeliveryRow) -> rx.Component:
    opened = rx.el.button(row.words, type="button", on_click=State.show(row.id), class_name="cf-link-button")
    again = icon_button("rotate-ccw", f"Send again: {row.words}", on_click=State.replay(row.id))
    return table_row(
        name_cell(opened),
        cell(pill(DELIVERY, row.status)),
        cell(row.answered, wide=True),
        cell(row.took, wide=True),
        cell(row.attempts, wide=True),
        time_cell(row.at.ago, row.at.tip),
        actions_cell(rx.cond(row.can_replay, again)),
        key=row.id,
    )
