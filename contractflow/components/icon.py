"""Lucide icons, all in one weight, and links that stay inside the app."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router.dom import ReactRouterLink

Text = str | rx.Var[str]
Content = str | rx.Var[Any] | rx.Component


def icon(name: str, size: int = 16, **props: Any) -> rx.Component:
    """A picture beside a word, hidden from screen readers: the word says it."""
    return rx.icon(name, size=size, custom_attrs={"strokeWidth": 1.75}, aria_hidden="true", **props)


def link(*children: Content, href: Text, **props: Any) -> rx.Component:
    """To another page of the app, without loading it anew."""
    return ReactRouterLink.create(*children, to=href, **props)


def anchor(*children: Content, href: Text, **props: Any) -> rx.Component:
    """The browser's own link: to files, mail addresses, a place on this page, and where the page shall load anew.

    `rx.el.a` is none: Reflex makes it a link of its router, which knows only pages.
    """
    return A.create(*children, href=href, **props)


def skip_link() -> rx.Component:
    """The first stop of the keyboard; stands inside the first landmark of a frame."""
    return anchor("Skip to content", href="#content", class_name="cf-skip")


def classes(*names: str) -> str:
    return " ".join(name for name in names if name)
