"""Form fields: label above, help below, the error in its place. Required unless said otherwise.

`error` is what the state holds for the field (`state.errors["email"]`); nothing else has to be wired.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from contractflow.components.field_error import field_error
from contractflow.components.icon import Content, Text
from contractflow.security.passwords import SHORTEST

Options = Sequence[tuple[str, str]] | rx.Var[Any]


def text_field(label: Text, name: str, **props: Any) -> rx.Component:
    """One line. Takes error, help, required, value (what stands in it at first) and any prop of an input."""
    return _field(label, name, rx.el.input, {"type": "text", **props})


def username_field(**props: Any) -> rx.Component:
    """The address somebody signs in with, as password managers know it."""
    return text_field("Work email", "email", type="email", auto_complete="username", **props)


def password_field(label: Text, name: str, new: bool = False, **props: Any) -> rx.Component:
    complete = "new-password" if new else "current-password"
    least = {"min_length": SHORTEST} if new else {}  # before it is sent: a refusal forgets what was typed
    return _field(label, name, rx.el.input, {"type": "password", "auto_complete": complete, **least, **props})


def text_area(label: Text, name: str, rows: int = 3, **props: Any) -> rx.Component:
    """Grows with what is typed."""
    return _field(label, name, rx.el.textarea, {"rows": str(rows), **props})


def money_field(label: Text, name: str, currency: Text, **props: Any) -> rx.Component:
    """An amount as people write it (“1,200.50”); the service reads it and says what is wrong."""
    return _field(
        label,
        name,
        rx.el.input,
        {"type": "text", "input_mode": "decimal", "class_name": "cf-input cf-input--number", **props},
        affix=currency,
    )


def date_field(label: Text, name: str, **props: Any) -> rx.Component:
    return _field(label, name, rx.el.input, {"type": "date", **props})


def select_field(
    label: Text, name: str, options: Options, nothing: str = "", every: str = "", **props: Any
) -> rx.Component:
    """`options` are (value, words) pairs, or a var of rows with `.value` and `.label`; `nothing` stands before a choice.

    `every` is a choice of its own, first and with an empty value: for a filter that lets everything pass.
    """
    if "value" in props and "on_change" not in props:
        props["key"] = props["value"]  # a select takes its first value only when it is made
    if isinstance(options, rx.Var):
        children: list[Any] = [
            rx.foreach(options, lambda row: rx.el.option(row.label, value=row.value, key=row.value))
        ]
    else:
        children = [rx.el.option(words, value=value) for value, words in options]
    if every:
        children.insert(0, rx.el.option(every, value=""))
    if nothing:
        if "value" not in props:
            props.setdefault(
                "default_value", ""
            )  # else the browser chooses the first one for whoever did not
        children.insert(0, rx.el.option(nothing, value="", disabled=True, hidden=True))
    return _field(label, name, rx.el.select, props, children)


def checkbox(label: Content, name: str, help: Text = "", error: Text = "", **props: Any) -> rx.Component:  # noqa: A002
    box = rx.el.input(type="checkbox", name=name, id=props.pop("id", name), **props)
    return rx.el.label(
        box,
        rx.el.span(label),
        rx.cond(help, rx.el.span(help, class_name="cf-field__help")),
        rx.cond(error, field_error(error, f"{name}-error")),
        class_name="cf-check",
    )


def form_error(message: Text) -> rx.Component:
    """What concerns the form as a whole; empty shows nothing."""
    return rx.cond(message, rx.el.div(field_error(message, "form-error")))


def _field(
    label: Text,
    name: str,
    control: Any,
    props: dict[str, Any],
    children: Sequence[Any] = (),
    affix: Text = "",
) -> rx.Component:
    key = props.pop("id", name)
    help_, error, required = props.pop("help", ""), props.pop("error", ""), props.pop("required", True)
    is_filter = props.pop("is_filter", False)  # of course one may leave it alone, so nobody says so
    required = required and not is_filter
    if "value" in props and "on_change" not in props:
        props["default_value"] = props.pop("value")  # Reflex would make it read-only otherwise
    named: dict[str, Any] = {"class_name": "cf-input", "id": key, "name": name, "required": required}
    made = control(*children, **named | props | _described(key, help_, error))
    return rx.el.div(
        rx.el.label(label, _optional(required or is_filter), html_for=key, class_name="cf-field__label"),
        _affixed(affix, made),
        rx.cond(error, field_error(error, f"{key}-error")),
        rx.cond(help_, rx.el.p(help_, class_name="cf-field__help", id=f"{key}-help")),
        class_name="cf-field",
    )


def _affixed(affix: Text, control: rx.Component) -> rx.Component:
    """A currency before the amount; without one the control alone."""
    if isinstance(affix, str) and not affix:
        return control
    return rx.el.div(rx.el.span(affix, class_name="cf-affix"), control, class_name="cf-affixed")


def _described(key: Text, help_: Text, error: Text) -> dict[str, Any]:
    """Screen readers hear the error first, then the help."""
    has_help = not isinstance(help_, str) or help_
    described = rx.cond(error, f"{key}-error {key}-help", f"{key}-help") if has_help else f"{key}-error"
    return {"aria_invalid": rx.cond(error, "true", "false"), "aria_describedby": described}


def _optional(required: bool) -> Content:
    return "" if required else rx.el.span(" (optional)", class_name="cf-field__optional")
