"""What happened, newest day first: who, what, when.

A day is a row with `label` ("Today", "12 March") and `events`; an event has `kind` (a key of KINDS), `words`
("Maya Chen approved version 3"), `note` (a comment or a reason, or ""), `time` ("14:02") and `exact`.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.icon import icon

# fmt: off
KINDS = {
    "created":   ("file-text",      "slate"),
    "drafted":   ("sparkles",       "indigo"),
    "edited":    ("pencil",         "slate"),
    "submitted": ("message-square", "violet"),
    "approved":  ("check",          "grass"),
    "objected":  ("undo-2",         "amber"),
    "sent":      ("send",           "blue"),
    "viewed":    ("eye",            "cyan"),
    "signed":    ("signature",      "grass"),
    "sealed":    ("shield-check",   "grass"),
    "declined":  ("circle-x",       "red"),
    "expired":   ("hourglass",      "amber"),
    "voided":    ("ban",            "slate"),
    "invoiced":  ("receipt",        "blue"),
    "paid":      ("banknote",       "jade"),
    "member":    ("user-plus",      "slate"),
    "commented": ("message-square", "slate"),
}
# fmt: on


def timeline(days: Any) -> rx.Component:
    """`days` is a var of rows; a page that draws a fixed timeline may give a list."""
    return rx.el.div(_each(days, _day), class_name="cf-timeline")


def _day(day: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h3(day.label, class_name="cf-timeline__day"),
        rx.el.ol(_each(day.events, _event)),
        key=day.label,
    )


def _event(event: Any) -> rx.Component:
    return rx.el.li(
        mark(event.kind),
        rx.el.div(
            event.words,
            rx.cond(event.note, rx.el.p(event.note, class_name="cf-event__note")),
            class_name="cf-event__words",
        ),
        rx.el.time(event.time, title=event.exact),
        class_name="cf-event",
    )


def mark(kind: Any) -> rx.Component:
    """The round picture of a kind of event."""
    if isinstance(kind, str):
        return _icon(*KINDS[kind])
    return rx.match(kind, *((name, _icon(*look)) for name, look in KINDS.items()), _icon("circle", "slate"))


def _icon(name: str, hue: str) -> rx.Component:
    return rx.el.span(icon(name, 14), class_name="cf-event__icon", data_hue=hue)


def _each(rows: Any, draw: Any) -> rx.Component:
    return rx.foreach(rows, draw) if isinstance(rows, rx.Var) else rx.fragment(*map(draw, rows))
