"""What stands where nothing is yet: one sentence of why, one button."""

from __future__ import annotations

import reflex as rx

from contractflow.components.icon import Content, icon


def empty(
    icon_name: str, sentence: Content, action: rx.Component | None = None, title: Content = ""
) -> rx.Component:
    """`title` is for a page that consists of nothing else: it becomes the page's heading."""
    return rx.el.div(
        rx.el.span(icon(icon_name, 20), class_name="cf-empty__icon"),
        rx.el.h1(title, class_name="cf-empty__title") if title else rx.fragment(),
        rx.el.div(sentence, class_name="cf-empty__words"),
        action or rx.fragment(),
        class_name="cf-empty",
    )
