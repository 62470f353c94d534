"""Messages in the corner of the page, said by `contractflow.web.commands.toast`."""

from __future__ import annotations

import reflex as rx


class Toasts(rx.Component):
    """For rx.App(toaster=…), in place of Reflex's, which every page would load at once."""

    library = rx.asset("toasts.jsx", shared=True).importable_path
    lib_dependencies: list[str] = ["sonner@2.0.8"]
    tag = "Toasts"
