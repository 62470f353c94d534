"""Tables: rows of 44 px, the name first and strongest, the value on the right, the time last.

The link in the name stretches over its row: one stop for the keyboard, the whole row for the mouse.
On a phone a row becomes name and value above, the pill and who it is with below; cells marked `wide` leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from contractflow.components.icon import Content, Text, classes, link

Heading = str | tuple[str, str]  # the words, or (words, "value" | "wide")


def table(
    label: Text, headings: Sequence[Heading], rows: Any, row: Callable[[Any], rx.Component]
) -> rx.Component:
    """`row` draws one of `rows` as `table_row(...)`; `label` is what screen readers call the table."""
    return rx.el.table(
        rx.el.thead(rx.el.tr(*[_heading(heading) for heading in headings])),
        rx.el.tbody(rx.foreach(rows, row) if isinstance(rows, rx.Var) else rx.fragment(*map(row, rows))),
        class_name="cf-table",
        aria_label=label,
    )


def table_row(*cells: rx.Component, key: Text) -> rx.Component:
    return rx.el.tr(*cells, key=key)


def name_cell(name: Content, href: Text = "", note: Content = "", **props: Any) -> rx.Component:
    """With `href` the whole row opens it; `props` are the link's. `note` says quietly what it is."""
    title = link(name, href=href, **props) if not isinstance(href, str) or href else rx.el.span(name)
    return rx.el.td(title, note, class_name="cf-table__name")


def cell(*content: Content, wide: bool = False) -> rx.Component:
    """`wide` leaves on a phone."""
    return rx.el.td(*content, class_name="cf-table__wide" if wide else "")


def who_cell(name: Content) -> rx.Component:
    """The person or company; on a phone it stays, at the end of the second line."""
    return rx.el.td(name, class_name="cf-table__wide cf-table__who")


def words_cell(*content: Content) -> rx.Component:
    """A sentence, on as many lines as it needs; on a phone below the name, as wide as the row."""
    return rx.el.td(*content, class_name="cf-table__words")


def value_cell(value: Content) -> rx.Component:
    return rx.el.td(value, class_name="cf-table__value")


def time_cell(relative: Text, exact: Text, wide: bool = True) -> rx.Component:
    """“3 days ago”, the exact time on hover."""
    return cell(rx.el.time(relative, title=exact), wide=wide)


def actions_cell(*buttons: rx.Component, always: bool = False) -> rx.Component:
    """Shown on hover and focus; always where nothing can hover, or where it is the next thing to do."""
    return rx.el.td(
        *buttons, class_name=classes("cf-table__actions", "cf-table__actions--next" if always else "")
    )


def toolbar(*controls: rx.Component) -> rx.Component:
    """Search and filters above a table."""
    return rx.el.div(*controls, class_name="cf-toolbar", role="search")


def pager(words: Text, *buttons: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.span(words), rx.el.span(*buttons, class_name="cf-line"), class_name="cf-pager")


def _heading(heading: Heading) -> rx.Component:
    words, kind = (heading, "") if isinstance(heading, str) else heading
    return rx.el.th(words, scope="col", class_name=classes(f"cf-table__{kind}" if kind else ""))
