"""Settings › Security: the devices one is signed in on."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.dialog import confirm
from contractflow.components.icon import icon
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.components.table import (
    cell,
    name_cell,
    table,
    table_row,
    time_cell,
    value_cell,
    who_cell,
)
from contractflow.services.sessions import SessionRow
from contractflow.state.security_sessions import SecuritySessionsState

HEADINGS = ("Device", ("Place", "wide"), ("Signed in", "wide"), ("Last seen", "value"), "")
NOTE = "A place is the beginning of the address a device came from. A session ends after half an hour without activity, and after twelve hours."


def sessions_section() -> rx.Component:
    return section(
        "Where you are signed in",
        table("Where you are signed in", HEADINGS, SecuritySessionsState.rows, _device),
        rx.el.p(NOTE, class_name="cf-muted cf-small"),
        action=rx.cond(SecuritySessionsState.has_others, _end_others()),
    )


def _device(row: SessionRow) -> rx.Component:
    picture = rx.cond(row.is_phone, icon("smartphone"), icon("monitor"))
    this = hued_pill("This device", "check", "grass")
    end = secondary("End", on_click=SecuritySessionsState.end(row.id))
    return table_row(
        name_cell(rx.el.span(picture, row.device, class_name="cf-line")),
        who_cell(rx.fragment(row.place, rx.el.span(" · ", row.org_name, class_name="cf-muted"))),
        time_cell(row.signed_in.ago, row.signed_in.tip),
        value_cell(rx.el.time(row.seen.ago, title=row.seen.tip)),
        cell(rx.cond(row.is_this, this, end)),
        key=row.id,
    )


def _end_others() -> rx.Component:
    return confirm(
        secondary("End all others", "log-out"),
        "End all other sessions?",
        "Every device but this one is signed out at once, in all of your organisations.",
        "End all others",
        SecuritySessionsState.end_others,
    )
