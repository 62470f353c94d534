"""The board of leads: a column for each stage, a card for each lead, and on it the next step."""

import reflex as rx

from contractflow.components.buttons import quiet
from contractflow.components.icon import link
from contractflow.components.pill import LEAD, pill
from contractflow.components.refused import blocked_without
from contractflow.permissions import Permission as P
from contractflow.services.leads import Column, LeadRow
from contractflow.state.leads import LeadsState

NEXT = {"new": ("Mark contacted", "contact"), "contacted": ("Qualify", "qualify")}


def lead_board() -> rx.Component:
    return rx.el.div(rx.foreach(LeadsState.board.columns, _column), class_name="cf-board")


def _column(column: Column) -> rx.Component:
    nothing = rx.el.p("None.", class_name="cf-muted cf-small")
    return rx.el.section(
        rx.el.h2(pill(LEAD, column.status), rx.el.span(column.count, class_name="cf-muted cf-small")),
        rx.cond(column.rows, rx.el.ul(rx.foreach(column.rows, _card)), nothing),
        rx.cond(
            column.more,
            link(column.more, href=f"/leads?status={column.status}", class_name="cf-small"),
        ),
        class_name="cf-board__column",
        key=column.status,
    )


def _card(row: LeadRow) -> rx.Component:
    return rx.el.li(
        link(row.name, href=f"/leads/{row.id}", class_name="cf-strong cf-clip"),
        rx.cond(row.company, rx.el.span(row.company, class_name="cf-muted cf-clip")),
        rx.el.div(
            rx.el.span(row.answered, class_name=waiting(row)),
            rx.el.span(row.assignee, class_name="cf-clip"),
            class_name="cf-board__facts",
        ),
        rx.match(row.status, *((status, _step(row, *step)) for status, step in NEXT.items()), rx.fragment()),
        class_name="cf-card",
        key=row.id,
    )


def waiting(row: LeadRow) -> rx.Var:
    """Who still waits for a first answer stands out."""
    return rx.cond(row.is_waiting & (row.status == "new"), "cf-waiting", "cf-muted")


def _step(row: LeadRow, words: str, verb: str) -> rx.Component:
    press = LeadsState.move(row.id, verb)
    return quiet(
        words, "check", on_click=press, aria_label=f"{words}: {row.name}", **blocked_without(P.LEAD_WRITE)
    )
