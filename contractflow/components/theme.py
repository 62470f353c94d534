"""Light, dark, or as the system: decided in the browser, kept there."""

from __future__ import annotations

import reflex as rx
from reflex.style import color_mode, set_color_mode

from contractflow.components.icon import icon

MODES = (("light", "Light", "sun"), ("dark", "Dark", "moon"), ("system", "System", "monitor"))


def theme_choice() -> rx.Component:
    return rx.el.div(
        *[_mode(*mode) for mode in MODES], class_name="cf-choice", role="group", aria_label="Colours"
    )


def _mode(key: str, words: str, icon_name: str) -> rx.Component:
    return rx.el.button(
        icon(icon_name, 14),
        words,
        type="button",
        aria_pressed=rx.cond(color_mode == key, "true", "false"),
        on_click=set_color_mode(key),
    )
