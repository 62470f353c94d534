"""The form behind a mailed link: one button, which posts the link's token to a route."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary
from contractflow.web.native import post_form


def link_form(
    *content: rx.Component, link: rx.Var[str], action: str, press: str, icon_name: str = ""
) -> rx.Component:
    """`link` is the token that the page's `load` took from the address; `press` is what the button says.

    A tab that opens one link after the other begins with what it knows of the one before. Its button does nothing
    until the page is loaded, or it would post that.
    """
    waits = rx.cond(rx.State.is_hydrated, False, True)
    return post_form(
        *content,
        rx.el.input(type="hidden", name="token", value=link, read_only=True),
        primary(press, icon_name, type="submit", full=True, blocked=waits),
        action=action,
        class_name="cf-form",
    )
