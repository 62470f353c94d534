"""What stands where a page was whose own script fell over. Reflex's says where in the script, and whose it is."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary  # type: ignore[import-untyped]

from contractflow.components.buttons import link_button
from contractflow.components.empty import empty

BOUNDARY = (55, "ErrorBoundary")
"""Where Reflex puts its own, which this one takes the place of."""


def boundary(has_state: bool = True) -> rx.Component:
    """Around every page, for rx.App(extra_app_wraps={BOUNDARY: boundary}). What happened is told to us by Reflex's event."""
    told: dict[str, Any] = {} if has_state else {"on_error": rx.noop()}
    return ErrorBoundary.create(fallback_render=rx.Var.create(_broken()), **told)


def _broken() -> rx.Component:
    words = (
        "Something in it went wrong in your browser, and we have been told. What was saved is safe. "
        "Load the page again; if that does not help, come back in a few minutes."
    )
    again = link_button("Load again", "", "rotate-ccw", native=True)
    return rx.el.main(empty("triangle-alert", words, again, title="This page cannot be shown"), role="alert")
