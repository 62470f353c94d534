"""The two lists of the shelf, templates and clauses: filters, the table, and the form for a new one."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import link_button, primary, secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, select_field, text_field
from contractflow.components.icon import icon
from contractflow.components.pill import TEMPLATE, pill
from contractflow.components.refused import blocked_without
from contractflow.components.search import search_field
from contractflow.components.sections import tabs
from contractflow.components.skeleton import loaded
from contractflow.components.table import (
    cell,
    name_cell,
    pager,
    table,
    table_row,
    time_cell,
    toolbar,
    value_cell,
)
from contractflow.permissions import Permission as P
from contractflow.services.templates import TemplateRow
from contractflow.state.templates import TemplatesState as State

ROOMS = [("templates", "Templates", "/templates"), ("clauses", "Clauses", "/clauses")]
STANDING = [("published", "In use"), ("draft", "Drafts"), ("archived", "Archived")]
ADVICE = "Our starters are a starting point, not legal advice. Have a lawyer look at what you use."


def add_button(words: str) -> rx.Component:
    return primary(words, "plus", on_click=State.show_form(True), **blocked_without(P.TEMPLATE_EDIT))


def shelf(
    room: str, noun: str, headings: tuple[str, str], groups: list[tuple[str, str]], why: str
) -> rx.Component:
    """`room` is its address; `noun` is "template" or "clause"; `groups` what it can be narrowed to."""
    return rx.el.div(
        tabs("Shelf", room, ROOMS),
        rx.el.p(ADVICE, class_name="cf-muted cf-small"),
        toolbar(
            search_field(f"Search {room}", State.wanted["q"], State.narrow("q")),
            _filter("Show", "status", STANDING, ""),
            _filter(headings[0], "group", groups, "All"),
        ),
        loaded(State.is_loaded, _list(room, noun, headings, why)),
        _form(noun, headings[0], groups),
        class_name="cf-stack",
    )


def _filter(label: str, name: str, options: list[tuple[str, str]], every: str) -> rx.Component:
    value = rx.cond(State.wanted[name], State.wanted[name], "" if every else options[0][0])
    return select_field(
        label, name, options, every=every, value=value, on_change=State.narrow(name), is_filter=True, id=f"filter-{name}"
    )  # fmt: skip


def _list(room: str, noun: str, headings: tuple[str, str], why: str) -> rx.Component:
    columns = (noun.capitalize(), "Status", (headings[0], "wide"), (headings[1], "wide"), ("Version", "value"),
               ("Changed", "wide"))  # fmt: skip
    is_narrowed = State.wanted["q"] | State.wanted["status"] | State.wanted["group"]
    clear = link_button("Show all", f"/{room}", look="secondary")
    stock = secondary(
        "Add the starter library", "library", on_click=State.stock, **blocked_without(P.TEMPLATE_PUBLISH)
    )
    return rx.cond(
        State.rows,
        rx.fragment(
            table(room.capitalize(), columns, State.rows, lambda row: _row(row, room)),
            rx.cond(State.after, pager("", secondary("Show more", on_click=State.more))),
        ),
        rx.cond(is_narrowed, empty("search", f"No {noun} matches.", clear), empty("library", why, stock)),
    )


def _row(row: TemplateRow, room: str) -> rx.Component:
    locked = rx.cond(
        row.is_locked, rx.el.span(icon("lock", 14), title="Locked", aria_label="Locked", role="img")
    )
    return table_row(
        name_cell(rx.fragment(row.name, " ", locked), f"/{room}/{row.id}"),
        cell(pill(TEMPLATE, row.status)),
        cell(row.group, wide=True),
        cell(row.parts, wide=True),
        value_cell(rx.fragment(rx.el.span("Version ", class_name="cf-phone-only cf-muted"), row.version)),
        time_cell(row.changed.ago, row.changed.tip),
        key=row.id,
    )


def _form(noun: str, group: str, groups: list[tuple[str, str]]) -> rx.Component:
    return dialog(
        None,
        f"New {noun}",
        rx.el.form(
            text_field("Name", "name", error=State.errors["name"], max_length=120),
            select_field(group, "category", groups, error=State.errors["category"]),
            text_field(
                "What it is for", "about", required=False, error=State.errors["about"], max_length=300
            ),
            form_error(State.errors["form"]),
            buttons(primary(f"Begin {noun}", type="submit")),
            on_submit=State.add,
            class_name="cf-stack",
            no_validate=True,
        ),
        words="It is a draft until it is published.",
        is_open=State.is_adding,
        on_open_change=State.show_form,
    )
