"""Is this file the sealed one? A field that posts the bytes to /api/verify and shows the verdict."""

from __future__ import annotations

import reflex as rx


class FileCheck(rx.Component):
    """Not an upload of Reflex: the browser posts the raw PDF to `action`, and nobody keeps it.

    A file of more than `max_bytes` is not sent at all.
    """

    library = rx.asset("file_check.jsx", shared=True).importable_path
    tag = "FileCheck"
    action: rx.Var[str]
    max_bytes: rx.Var[int]


file_check = FileCheck.create
