"""Invoices as a table: the list and a client's page show the same rows."""

import reflex as rx

from contractflow.components.icon import Text
from contractflow.components.pill import INVOICE, pill
from contractflow.components.table import cell, name_cell, table, table_row, value_cell
from contractflow.services.invoices import InvoiceRow

HEADINGS = ("Client", "Status", ("Number", "wide"), ("Due", "wide"), ("Amount", "value"))


def invoice_table(label: Text, rows: rx.Var) -> rx.Component:
    return table(label, HEADINGS, rows, _row)


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
