"""What waits for somebody: what it is about, why it waits, since when, and the button that does it."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.icon import Text
from contractflow.components.pill import Look, pill
from contractflow.components.table import cell, name_cell, table, table_row, time_cell, value_cell, who_cell
from contractflow.services.home import QueueRow
from contractflow.state.home import HomeState

# fmt: off
WAITING = {
    "approve":           Look("To approve",        "message-square", "violet"),
    "comment":           Look("To answer",         "message-square", "amber"),
    "transfer":          Look("Transfer reported", "banknote",       "amber"),
    "lead":              Look("New lead",          "sparkles",       "indigo"),
    "failed":            Look("Draft failed",      "circle-alert",   "red"),
    "changes":           Look("Changes requested", "undo-2",         "amber"),
    "stale":             Look("Out of date",       "history",        "amber"),
    "approved":          Look("Ready to send",     "check",          "grass"),
    "expiring":          Look("Expiring",          "hourglass",      "amber"),
    "expired":           Look("Expired",           "hourglass",      "amber"),
    "declined":          Look("Declined",          "circle-x",       "red"),
    "overdue":           Look("Overdue",           "clock",          "red"),
    "draft":             Look("To finish",         "pencil",         "slate"),
}
# fmt: on
HEADINGS = ("What", "Why", ("Who", "wide"), ("Value", "value"), ("When", "wide"), ("", "value"))


def queue_table(label: Text, rows: rx.Var) -> rx.Component:
    return rx.el.div(table(label, HEADINGS, rows, _row), class_name="cf-queue")


def _row(row: QueueRow) -> rx.Component:
    return table_row(
        name_cell(row.words, row.href),
        cell(pill(WAITING, row.kind)),
        who_cell(row.who),
        value_cell(row.amount),
        time_cell(row.since, row.at.tip),
        rx.el.td(rx.cond(row.action, _button(row)), class_name="cf-queue__action"),
        key=row.key,
    )


def _button(row: QueueRow) -> rx.Component:
    press = HomeState.act(row.kind, row.id, row.seen)
    return secondary(row.action, on_click=press, aria_label=f"{row.action}: {row.words}")
