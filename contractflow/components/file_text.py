"""A file whose text lands in a field of the same form, where it can be read before it is sent."""

import reflex as rx


class FileText(rx.Component):
    """`into` is the name of the field."""

    library = rx.asset("file_text.jsx", shared=True).importable_path
    tag = "FileText"
    into: rx.Var[str]
    label: rx.Var[str]
    accept: rx.Var[str]


file_text = FileText.create
