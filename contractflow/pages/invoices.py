"""All invoices: what is open, what is late, what is paid, what still goes out."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.empty import empty
from contractflow.components.invoice_table import invoice_table
from contractflow.components.sections import tabs
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import pager
from contractflow.state.invoices import InvoicesState

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
    return rx.fragment(invoice_table("Invoices", InvoicesState.rows), rx.cond(InvoicesState.after, more))


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
