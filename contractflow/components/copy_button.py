"""A button that puts a value on the clipboard, in the browser, without asking the server."""

import reflex as rx

from contractflow.components.icon import Text


class CopyButton(rx.Component):
    """`label` says what is copied (“IBAN”); the value itself stands beside the button."""

    library = rx.asset("copy_button.jsx", shared=True).importable_path
    tag = "CopyButton"
    text: rx.Var[str]
    label: rx.Var[str]


def copy_button(text: Text, label: Text) -> rx.Component:
    return CopyButton.create(text=text, label=label)
