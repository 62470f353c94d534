"""Dialogs: focus moves in, Escape leaves, focus returns. Radix does that part where there is a trigger."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import danger, primary, secondary
from contractflow.components.fields import form_error, text_field
from contractflow.components.icon import Content, Text
from contractflow.components.overlays import (
    DialogClose,
    DialogContent,
    DialogRoot,
    DialogTitle,
    DialogTrigger,
    DialogWords,
    MenuContent,
    MenuItem,
    MenuRoot,
    MenuRule,
    MenuTrigger,
)


class ReturnFocus(rx.Component):
    """Takes the focus back to where it was when its dialog closes."""

    library = rx.asset("return_focus.jsx", shared=True).importable_path
    tag = "ReturnFocus"


def dialog(
    trigger: rx.Component | None,
    title: Text,
    *content: Content,
    words: Text = "",
    is_open: rx.Var[bool] | None = None,
    on_open_change: Any = None,
    width: str = "480px",
) -> rx.Component:
    """Opened by its `trigger`, or by the state with `is_open` and `on_open_change`."""
    control = {"open": is_open, "on_open_change": on_open_change} if is_open is not None else {}
    return DialogRoot.create(
        DialogTrigger.create(trigger) if trigger else rx.fragment(),
        DialogContent.create(
            DialogTitle.create(title, class_name="cf-dialog__title"),
            # Always there: screen readers read it on opening, and Radix warns when it is missing.
            DialogWords.create(words, class_name="cf-dialog__words" if words else "cf-hidden"),
            *content,
            rx.fragment() if trigger else ReturnFocus.create(),
            max_width=width,
        ),
        **control,
    )


def buttons(*pressed: rx.Component, cancel: str = "Cancel", why: Text = "") -> rx.Component:
    """The line at the bottom: the way out first, the verb last; before them `why` the verb cannot be done."""
    reason = rx.cond(why, rx.el.span(why, class_name="cf-dialog__why"))
    return rx.el.div(reason, DialogClose.create(secondary(cancel)), *pressed, class_name="cf-dialog__buttons")


def confirm(
    trigger: rx.Component, title: Text, words: Text, verb: Content, on_confirm: Any, destroys: bool = False
) -> rx.Component:
    """“Send to Anna Berg?” and two buttons; closes at once, the page shows what came of it."""
    press = (danger if destroys else primary)(verb, on_click=on_confirm)
    return dialog(trigger, title, buttons(DialogClose.create(rx.el.div(press))), words=words)


def typed_form(
    verb: Text, typed: Text, field: str, *before: rx.Component, errors: Any, on_submit: Any
) -> rx.Component:
    """For what cannot be undone: the person types the name of the thing, and the service reads it from `field`."""
    return rx.el.form(
        *before,
        text_field(
            rx.el.span("Type ", rx.el.b(typed), " to confirm"),
            field,
            error=errors[field],
            auto_complete="off",
        ),
        form_error(errors["form"]),
        buttons(danger(verb, type="submit")),
        on_submit=on_submit,
        class_name="cf-stack",
        no_validate=True,
    )


def menu(trigger: rx.Component, *items: rx.Component) -> rx.Component:
    """Secondary actions; items are `menu_item(...)` or `menu_rule()`."""
    return MenuRoot.create(MenuTrigger.create(trigger), MenuContent.create(*items))


def menu_item(label: Content, on_select: Any, destroys: bool = False) -> rx.Component:
    return MenuItem.create(label, on_select=on_select, destroys=destroys)


def menu_rule() -> rx.Component:
    return MenuRule.create()
