"""What a template asks before a document begins with it: a field for each of its variables."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.fields import date_field, select_field, text_area, text_field
from contractflow.components.sections import section
from contractflow.services.templates import Asked
from contractflow.state.new_document import NewDocumentState as State


def answers() -> rx.Component:
    nothing = rx.el.p("This template has no blanks to fill in.", class_name="cf-muted")
    words = "What you leave empty stays open in the text, and is asked for again before it is submitted."
    return section(
        "Details",
        rx.cond(
            State.start.asked,
            rx.fragment(rx.el.p(words, class_name="cf-muted"), rx.foreach(State.start.asked, _field)),
            nothing,
        ),
    )


def _field(row: Asked) -> rx.Component:
    name = f"variables.{row.name}"
    props: dict[str, Any] = {"required": False, "error": State.errors[name], "help": row.help}
    value: dict[str, Any] = {"value": row.default}
    choice = select_field(row.label, name, row.choices, every="Choose later", **props, **value)
    typed = rx.match(
        row.type,
        ("long", text_area(row.label, name, rows=4, **props, **value)),
        ("date", date_field(row.label, name, **props, **value)),
        ("number", text_field(row.label, name, input_mode="decimal", **props, **value)),
        ("email", text_field(row.label, name, type="email", **props, **value)),
        ("choice", choice),
        text_field(row.label, name, **props, **value),
    )
    return rx.fragment(typed, key=row.name)
