"""All invoices: what is open, what is late, what is paid, what still goes out."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.empty import empty
from contractflow.components.pill import INVOICE, pill
from contractflow.components.sections import tabs
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import cell, name_cell, pager, table, table_row, value_cell
from contractflow.services.invoices import InvoiceRow
from contractflow.state.invoices import InvoicesState

HEADINGS = ("Client", "Status", ("Number", "wide"), ("Due", "wide"), ("Amount", "value"))
# fmt: off
TABS = (
    # key         words         address
    ("",          "All",        "/invoices"),
    ("open",      "Open",       "/invoices?status=open"),
    ("overdue",   "Overdue",    "/invoices?status=overdue"),
    ("paid",      "Paid",       "/invoices?status=paid"),
    ("scheduled", "Scheduled",  "/invoices?status=scheduled"),
)
# fmt: on


@member_page("/invoices", "Invoices", on_load=InvoicesState.load)
def invoices() -> rx.Component:
    return rx.el.div(
        tabs("Invoices by status", InvoicesState.status, TABS),
        loaded(InvoicesState.is_loaded, rx.cond(InvoicesState.rows, _list(), _nothing())),
        class_name="cf-stack",
    )


def _list() -> rx.Component:
    more = pager("", secondary("Show more", on_click=InvoicesState.more))
    return rx.fragment(
        table("Invoices", HEADINGS, InvoicesState.rows, _row), rx.cond(InvoicesState.after, more)
    )


def _row(row: InvoiceRow) -> rx.Component:
    """Who owes is what people look for; what for stands beside it."""
    return table_row(
        name_cell(
            rx.fragment(row.client, rx.el.span(" · ", row.label, class_name="cf-muted")),
            f"/invoices/{row.id}",
        ),
        cell(pill(INVOICE, row.pill)),
        cell(row.number, wide=True),
        cell(row.due, wide=True),
        value_cell(row.total),
        key=row.id,
    )


def _nothing() -> rx.Component:
    return rx.match(
        InvoicesState.status,
        ("open", empty("circle-check", "Nothing is open: every invoice you sent is paid.")),
        ("overdue", empty("circle-check", "Nothing is overdue.")),
        ("paid", empty("receipt", "Paid invoices stand here.")),
        ("scheduled", empty("calendar-clock", "Nothing is waiting to go out.")),
        empty(
            "receipt",
            "When a client signs, the invoices of the payment plan appear here and go out by themselves.",
            link_button("See your documents", "/documents", look="secondary"),
        ),
    )
