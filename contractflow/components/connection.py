"""What a lost connection looks like: a quiet bar, after a moment, that never blocks typing."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors


def reconnecting_bar() -> rx.Component:
    return rx.cond(
        has_connection_errors,
        rx.el.div(
            rx.el.span(class_name="cf-spinner", aria_hidden="true"),
            "Reconnecting. What you typed stays.",
            class_name="cf-reconnecting",
            role="status",
        ),
    )
