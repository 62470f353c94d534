"""A clause of the library, found by a word, with both of its positions, put where somebody wants it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.icon import icon
from contractflow.components.pill import hued_pill
from contractflow.components.search import search_field
from contractflow.services.templates import ClauseRow
from contractflow.state.clause_search import ClauseSearchState as State


def clause_search(on_insert: Any) -> rx.Component:
    """`on_insert(clause_id, position)` puts it in."""
    nothing = rx.el.p("No clause matches. Try a single word, such as “liability”.", class_name="cf-muted")
    found = rx.el.ul(
        rx.foreach(State.found, lambda row: _row(row, on_insert)),
        class_name="cf-suggestions cf-clause-search",
        aria_label="Clauses",
    )
    return dialog(
        None,
        "Insert a clause",
        search_field("Search clauses", "", State.search),
        rx.cond(State.found, found, nothing),
        buttons(cancel="Close"),
        words="Your preferred position first, and what you settle for. A starting point, not legal advice.",
        is_open=State.is_open,
        on_open_change=State.close,
        width="720px",
    )


def _row(row: ClauseRow, on_insert: Any) -> rx.Component:
    locked = rx.cond(row.is_locked, hued_pill("Locked", "lock", "amber"))
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.strong(row.name),
                rx.el.span(row.category, class_name="cf-muted cf-small"),
                locked,
                class_name="cf-line cf-line--wrap",
            ),
            _position("Preferred position", row.preferred, row, "preferred", on_insert),
            rx.cond(
                row.fallback,
                _position("Fallback position", row.fallback, row, "fallback", on_insert),
            ),
            class_name="cf-stack cf-stack--tight",
        ),
        key=row.id,
    )


def _position(
    title: str, text: rx.Var[str] | str, row: ClauseRow, position: str, on_insert: Any
) -> rx.Component:
    insert = "Insert" if position == "preferred" else "Insert fallback"
    return rx.el.div(
        rx.el.details(
            rx.el.summary(icon("star" if position == "preferred" else "undo-2", 14), " ", title),
            rx.html(text, class_name="cf-text"),
            class_name="cf-suggestions__text",
        ),
        secondary(insert, "plus", on_click=on_insert(row.id, position), aria_label=f"{insert} " + row.name),
        class_name="cf-line cf-line--apart",
    )
