"""A search box whose words live in the address."""

from typing import Any

import reflex as rx

from contractflow.components.icon import Text, icon

PAUSE_MS = 300


def search_field(label: str, value: Text, on_search: Any) -> rx.Component:
    """Asks after a short pause; what is typed is never replaced by an answer that comes late."""
    return rx.el.label(
        icon("search"),
        rx.el.input(
            type="search",
            default_value=value,
            on_change=on_search.debounce(PAUSE_MS),
            placeholder=label,
            aria_label=label,
            class_name="cf-input",
        ),
        class_name="cf-search",
    )
