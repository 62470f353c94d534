"""A picture to choose in a native form: shows it before it is sent, and says at once what is not taken."""

from __future__ import annotations

import reflex as rx


class PictureField(rx.Component):
    """A file input called `name`; `shown` is the address of the picture there is now, `error` what the server said.

    The browser only spares people the way: the server looks at the bytes itself.
    """

    library = rx.asset("picture_field.jsx", shared=True).importable_path
    tag = "PictureField"
    name: rx.Var[str]
    shown: rx.Var[str]
    help: rx.Var[str]
    error: rx.Var[str]
    max_bytes: rx.Var[int]


picture_field = PictureField.create
