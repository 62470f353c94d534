"""The clauses a document of its kind usually has and this one does not, each with the reason why."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.services.drafts import SuggestionRow
from contractflow.state.document import DocumentState
from contractflow.state.writing import WritingState


def suggestions() -> rx.Component:
    nothing = rx.el.p(
        "Nothing is missing: the text has every clause that a document of this kind usually has.",
        class_name="cf-muted",
    )
    found = rx.el.ul(rx.foreach(WritingState.suggestions, _suggestion), class_name="cf-suggestions")
    return dialog(
        None,
        "Missing clauses",
        rx.cond(WritingState.suggestions, found, nothing),
        buttons(cancel="Close"),
        words="Compared with our clause library and your brief. What you add is a starting point, not legal advice.",
        is_open=DocumentState.dialog == "suggest",
        on_open_change=DocumentState.close_dialog,
        width="640px",
    )


def _suggestion(row: SuggestionRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.strong(row.title),
            rx.el.p(row.why),
            rx.el.p(row.place, class_name="cf-muted cf-small"),
        ),
        secondary(
            "Add", "plus", on_click=WritingState.add_suggested(row.name), aria_label="Add " + row.title
        ),
        rx.el.details(
            rx.el.summary("Read it"),
            rx.html(row.html, class_name="cf-text"),
            class_name="cf-suggestions__text",
        ),
        key=row.name,
    )
