"""Home: what waits on you, what waits on the client, what is at risk; a checklist while the agency is new."""

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.checklist import checklist, step
from contractflow.components.document_table import document_table
from contractflow.components.empty import empty
from contractflow.components.refused import new_document
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import name_cell, table, table_row, value_cell
from contractflow.services.home import Chore, OverdueRow
from contractflow.state.home import HomeState

page = HomeState.page


def _new() -> rx.Component:
    """While the agency is new, the next step of the checklist is the strong button."""
    return rx.cond(page.is_new, new_document(look="secondary"), new_document())


@member_page("/home", "Home", on_load=HomeState.load, action=_new)
def home() -> rx.Component:
    return loaded(HomeState.is_loaded, rx.el.div(_start(), _waiting(), class_name="cf-stack cf-stack--wide"))


def _start() -> rx.Component:
    return rx.cond(
        page.is_new,
        section("Your first contract", checklist(rx.foreach(page.chores, _chore))),
    )


def _chore(chore: Chore) -> rx.Component:
    return step(chore.words, chore.help, chore.is_done, _start_button(chore))


def _start_button(chore: Chore) -> rx.Component:
    name = f"Start: {chore.words}"
    quiet = link_button("Start", chore.href, look="quiet", aria_label=name)
    return rx.cond(chore.is_next, link_button("Start", chore.href, aria_label=name), quiet)


def _waiting() -> rx.Component:
    return rx.fragment(
        _group("Waiting on you", page.on_you, "Nothing waits on you."),
        _group("Waiting on the client", page.on_client, "Nothing is out with a client."),
        rx.cond(page.at_risk, _group("At risk", page.at_risk, "")),
        rx.cond(
            page.overdue,
            section("Overdue invoices", table("Overdue invoices", _OVERDUE, page.overdue, _overdue)),
        ),
        rx.cond(page.recent, _group("Recent", page.recent, "")),
    )


_OVERDUE = ("Invoice", "Client", ("Open", "value"))


def _overdue(row: OverdueRow) -> rx.Component:
    return table_row(
        name_cell(row.number, f"/invoices/{row.id}"), rx.el.td(row.client), value_cell(row.open), key=row.id
    )


def _group(title: str, rows: rx.Var, nothing: str) -> rx.Component:
    return section(title, rx.cond(rows, document_table(title, rows), empty("circle-check", nothing)))
