"""Charts of bars as SVG: every bar says its own figure, so that nothing has to be read off an axis.

The bars are for the eye; the same figures stand beside them as text, which is what a screen reader reads.
"""

from __future__ import annotations

import reflex as rx

from contractflow.components.icon import Text
from contractflow.services.analytics import Bar


def lying_bars(label: Text, bars: rx.Var) -> rx.Component:
    """One below the other: a name, its bar, its figure."""
    return rx.el.table(
        rx.el.tbody(rx.foreach(bars, _lying)),
        class_name="cf-bars",
        aria_label=label,
    )


def columns(label: Text, bars: rx.Var) -> rx.Component:
    """Beside each other, for months; the same as a table below."""
    rows = rx.el.table(rx.el.tbody(rx.foreach(bars, _line)), class_name="cf-figures", aria_label=label)
    return rx.el.figure(
        rx.el.div(rx.foreach(bars, _column), class_name="cf-chart", aria_hidden="true"),
        rx.el.details(rx.el.summary("Show as a table"), rows),
        class_name="cf-figure",
        aria_label=label,
    )


def _lying(bar: Bar) -> rx.Component:
    drawn = rx.el.svg(rx.el.rect(width=bar.width, height="100%", rx="3"), aria_hidden="true")
    return rx.el.tr(
        rx.el.th(bar.label, scope="row"),
        rx.el.td(drawn, class_name="cf-bars__bar"),
        rx.el.td(bar.words, class_name="cf-bars__figure"),
        key=bar.label,
    )


def _column(bar: Bar) -> rx.Component:
    drawn = rx.el.svg(rx.el.rect(y=bar.top, width="100%", height=bar.width, rx="3"))
    return rx.el.div(
        drawn, rx.el.span(bar.label), title=bar.words, class_name="cf-chart__column", key=bar.label
    )


def _line(bar: Bar) -> rx.Component:
    return rx.el.tr(rx.el.th(bar.label, scope="row"), rx.el.td(bar.words), key=bar.label)
