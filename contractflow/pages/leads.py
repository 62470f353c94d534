"""Leads: who asked for work, how long they wait, and how far each has come."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.copy_button import copy_button
from contractflow.components.empty import empty
from contractflow.components.fields import select_field
from contractflow.components.icon import anchor
from contractflow.components.lead_board import lead_board, waiting
from contractflow.components.pill import LEAD, pill
from contractflow.components.search import search_field
from contractflow.components.sections import tabs
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import (
    cell,
    name_cell,
    pager,
    table,
    table_row,
    time_cell,
    toolbar,
    value_cell,
    who_cell,
)
from contractflow.permissions import Permission as P
from contractflow.services.leads import LeadRow
from contractflow.state.leads import LeadsState

HEADINGS = ("Lead", "Status", ("Company", "wide"), ("First response", "wide"), ("Assigned to", "wide"), ("Budget", "value"), ("Arrived", "wide"))  # fmt: skip
VIEWS = (("", "Inbox", "/leads"), ("board", "Board", "/leads?view=board"))
STATES = [("all", "All leads"), *((key, look.word) for key, look in LEAD.items())]


def _settings() -> rx.Component:
    return link_button("Lead form", "/settings/lead-form", "settings", look="secondary")


@member_page("/leads", "Leads", on_load=LeadsState.load, needs=P.LEAD_READ, menu=_settings)
def leads() -> rx.Component:
    return rx.el.div(
        tabs("Views", LeadsState.view, VIEWS),
        _summary(),
        rx.cond(LeadsState.view == "board", rx.fragment(), _toolbar()),
        loaded(LeadsState.is_loaded, rx.cond(LeadsState.view == "board", lead_board(), _inbox())),
        class_name="cf-stack",
    )


def _summary() -> rx.Component:
    form = LeadsState.form
    return rx.el.div(
        rx.el.span(LeadsState.open_leads, " open"),
        rx.cond(LeadsState.response, rx.el.span("First response: ", LeadsState.response, " (median of 30 days)")),
        rx.cond(
            form.is_open,
            rx.el.span(anchor("Your form", href=form.url), copy_button(form.url, "the form's address"), class_name="cf-line"),
            rx.el.span("Your form is closed"),
        ),
        class_name="cf-summary",
    )  # fmt: skip


def _toolbar() -> rx.Component:
    return toolbar(
        search_field("Search leads", LeadsState.text, LeadsState.search),
        select_field(
            "Status",
            "status",
            STATES,
            every="Open leads",
            value=LeadsState.status,
            on_change=LeadsState.choose_status,
            is_filter=True,
        ),
    )


def _inbox() -> rx.Component:
    filtered = (LeadsState.text != "") | (LeadsState.status != "") | LeadsState.mine
    rows = rx.fragment(table("Leads", HEADINGS, LeadsState.rows, _row), _more())
    return rx.cond(LeadsState.rows, rows, rx.cond(filtered, _no_match(), _nothing()))


def _no_match() -> rx.Component:
    return empty("search", "No lead matches.", link_button("Show open leads", "/leads", look="secondary"))


def _nothing() -> rx.Component:
    words = (
        "Nobody waits for an answer. Put your form on your site with one tag, or send its address to people."
    )
    return empty("sparkles", words, link_button("Set up the lead form", "/settings/lead-form"))


def _more() -> rx.Component:
    return rx.cond(LeadsState.after, pager("", secondary("Show more", on_click=LeadsState.more)))


def _row(row: LeadRow) -> rx.Component:
    return table_row(
        name_cell(row.name, f"/leads/{row.id}"),
        cell(pill(LEAD, row.status)),
        who_cell(row.company),
        cell(rx.el.span(row.answered, class_name=waiting(row)), wide=True),
        cell(rx.cond(row.assignee, row.assignee, "Nobody"), wide=True),
        value_cell(row.budget),
        time_cell(row.arrived.ago, row.arrived.exact),
        key=row.id,
    )
