"""What is asked about a template or a clause: its name, a variable, and whether it is to be put away."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import danger, primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import checkbox, form_error, select_field, text_area, text_field
from contractflow.content.typed_variables import TYPES
from contractflow.services.templates import VariableSettings
from contractflow.state.template import TemplateState as State

page, errors = State.page, State.errors


def dialogs(group: str, groups: list[tuple[str, str]]) -> rx.Component:
    return rx.fragment(_describe(group, groups), _archive(), _discard(), _variable())


def _dialog(name: str, title: str, *content: rx.Component, words: str = "") -> rx.Component:
    return dialog(
        None,
        title,
        *content,
        words=words,
        is_open=State.dialog == name,
        on_open_change=State.close_dialog,
    )


def _describe(group: str, groups: list[tuple[str, str]]) -> rx.Component:
    form = rx.el.form(
        text_field("Name", "name", value=page.name, error=errors["name"], max_length=120),
        select_field(group, "category", groups, value=page.category, error=errors["category"]),
        text_field("What it is for", "about", value=page.about, required=False, error=errors["about"]),
        form_error(errors["form"]),
        buttons(primary("Save", type="submit")),
        on_submit=State.describe,
        class_name="cf-stack",
        no_validate=True,
    )
    return _dialog("describe", "Rename", form)


def _archive() -> rx.Component:
    press = buttons(danger("Archive", on_click=State.archive))
    words = "No new document takes it. Documents that did stay as they are, and a new version brings it back."
    return _dialog("archive", "Archive this version?", press, words=words)


def _discard() -> rx.Component:
    press = buttons(danger("Discard", on_click=State.discard))
    return _dialog("discard", "Discard this draft?", press, words="The version that is in use stays in use.")


def _variable() -> rx.Component:
    return _dialog(
        "variable",
        "Variable",
        rx.foreach(page.variables, lambda row: rx.cond(row.name == State.asked, _settings(row))),
        words="How it is asked for when a document begins with this template, and what is let in.",
    )


def _settings(row: VariableSettings) -> rx.Component:
    return rx.el.form(
        rx.el.p(rx.el.strong(row.label), " ", rx.el.code(row.name)),
        select_field("Type", "type", list(TYPES.items()), value=row.type, error=errors["type"]),
        text_field("Default", "default", value=row.default, required=False, error=errors["default"]),
        text_field("Help", "help", value=row.help, required=False, error=errors["help"]),
        _limits(row),
        text_area(
            "Choices",
            "choices",
            value=row.choices,
            required=False,
            error=errors["choices"],
            help="For a choice: one per line.",
        ),
        checkbox("Has to be filled in", "is_required", default_checked=row.is_required),
        form_error(errors["form"]),
        buttons(primary("Save", type="submit")),
        on_submit=State.save_variable,
        class_name="cf-stack",
        no_validate=True,
        key=row.name,
    )


def _limits(row: VariableSettings) -> rx.Component:
    return rx.el.div(
        text_field("At least", "least", value=row.least, required=False, error=errors["least"]),
        text_field("At most", "most", value=row.most, required=False, error=errors["most"]),
        class_name="cf-columns cf-columns--even",
    )
