"""Documents as a table: Home, the list, and a client's page show the same rows."""

import reflex as rx

from contractflow.components.icon import Text
from contractflow.components.pill import APPROVAL, DOCUMENT, DRAFT, pill
from contractflow.components.table import cell, name_cell, table, table_row, time_cell, value_cell, who_cell
from contractflow.services.documents import DocumentRow

HEADINGS = (
    "Document",
    "Status",
    ("Client", "wide"),
    ("Owner", "wide"),
    ("Value", "value"),
    ("Changed", "wide"),
)


def document_table(label: Text, rows: rx.Var) -> rx.Component:
    return table(label, HEADINGS, rows, _row)


def _row(row: DocumentRow) -> rx.Component:
    return table_row(
        name_cell(row.title, f"/documents/{row.id}", note=rx.cond(row.is_change, _change())),
        cell(_state(row)),
        who_cell(row.client),
        cell(row.owner, wide=True),
        value_cell(row.total),
        time_cell(row.changed.ago, row.changed.tip),
        key=row.id,
    )


def _change() -> rx.Component:
    return rx.el.span("Change order", class_name="cf-table__note")


def _state(row: DocumentRow) -> rx.Component:
    """While AI writes, that is the news; in review, how the review stands."""
    return rx.cond(
        row.is_drafting,
        pill(DRAFT, "streaming"),
        rx.cond(
            (row.status == "review") & (row.approval_status != "pending"),
            pill(APPROVAL, row.approval_status),
            pill(DOCUMENT, row.status),
        ),
    )
