"""What every page loads: our sheets in their order, the fonts it needs at once, and our icon."""

from __future__ import annotations

import reflex as rx

STYLESHEETS = [
    "/styles/colours.css",
    "/contractflow.css",
    "/styles/controls.css",
    "/styles/data.css",
    "/styles/frame.css",
    "/styles/document.css",
    "/styles/comments.css",
    "/styles/live.css",
    "/styles/money.css",
    "/styles/landing.css",
    "/styles/pages.css",
    "/styles/verify.css",
    "/styles/audit.css",
    "/styles/factors.css",
]
DESK = (20, "Desk")
"""Where Reflex puts it: inside what it wraps pages in itself."""
INTER, SERIF = "/fonts/inter-latin.woff2", "/fonts/source-serif-latin.woff2"


def head() -> list[rx.Component]:
    """For rx.App(head_components=…)."""
    return [
        preload(INTER),
        rx.el.link(rel="icon", href="/logo.svg", type="image/svg+xml"),
        rx.el.meta(
            name="theme-color", content="#f9f9fb", custom_attrs={"media": "(prefers-color-scheme: light)"}
        ),
        rx.el.meta(
            name="theme-color", content="#101113", custom_attrs={"media": "(prefers-color-scheme: dark)"}
        ),
    ]


def desk(_has_state: bool = True) -> rx.Component:
    """What every page stands on, for rx.App(extra_app_wraps={DESK: desk})."""
    return rx.el.div(class_name="cf-desk")


def preload(font: str) -> rx.Component:
    """Pages whose built HTML is set in the book face pass `meta=[preload(SERIF)]`; elsewhere the browser calls it unused."""
    kind = {"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"}
    return rx.el.link(rel="preload", href=font, custom_attrs=kind)
