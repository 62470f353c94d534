"""A signature, typed or drawn: both always offered, both worth the same."""

from __future__ import annotations

import reflex as rx


class SignaturePad(rx.Component):
    """Typing is the way in without a pointer. `on_change(kind, value)`: kind is "typed", "drawn", or "" when empty.

    A drawn value is JSON: strokes, each a list of [x, y, pressure], x and y in thousandths of the pad's width
    (the pad is 184 px high), pressure 0–1. The same two facts are the form fields `<name>_kind` and `<name>`; there the
    kind is "drawn" as soon as that is chosen.
    What is wrong with it stands in an element `<name>-error` of the page.
    """

    library = rx.asset("signature_pad.jsx", shared=True).importable_path
    tag = "SignaturePad"
    name: rx.Var[str]
    signer_name: rx.Var[str]
    error: rx.Var[str]
    disabled: rx.Var[bool]
    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


signature_pad = SignaturePad.create
