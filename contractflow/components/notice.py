"""Notices: what happened, what was kept, what to do."""

from __future__ import annotations

import reflex as rx

from contractflow.components.icon import Content, Text, icon

# fmt: off
KINDS = {
    #           icon              hue      said aloud
    "info":    ("info",           "slate", "status"),
    "good":    ("circle-check",   "grass", "status"),
    "warning": ("triangle-alert", "amber", "status"),
    "error":   ("circle-alert",   "red",   "alert"),
}
# fmt: on


def notice(kind: str, title: Content, body: Content = "", action: rx.Component | None = None) -> rx.Component:
    """`kind` is info, good, warning or error; `action` is the one button that helps."""
    name, hue, role = KINDS[kind]
    return rx.el.div(
        icon(name, 18),
        rx.el.p(title, class_name="cf-notice__title"),
        rx.el.div(body, class_name="cf-notice__body") if not isinstance(body, str) or body else rx.fragment(),
        rx.el.div(action, class_name="cf-notice__action") if action else rx.fragment(),
        class_name="cf-notice",
        data_hue=hue,
        role=role,
    )


def failure(message: Text, reference: Text = "", retry: rx.Component | None = None) -> rx.Component:
    """A page that could not be loaded: the sentence, the reference to tell us, and the way to try again."""
    with_reference = rx.cond(reference, rx.el.span("Reference ", rx.el.code(reference)))
    return notice("error", message, with_reference, retry)
