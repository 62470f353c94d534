"""The sentence under a field that says what is wrong with it, and leads the person there."""

from __future__ import annotations

import reflex as rx

from contractflow.components.icon import Text, icon


class FieldError(rx.Component):
    """Takes the focus to its field when the form was submitted somewhere else on the page."""

    library = rx.asset("field_error.jsx", shared=True).importable_path
    tag = "FieldError"
    message: rx.Var[str]


def field_error(message: Text, key: Text) -> rx.Component:
    return FieldError.create(icon("circle-alert"), message=message, class_name="cf-field__error", id=key)
