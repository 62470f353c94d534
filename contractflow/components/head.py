"""What every page loads: our sheets in their order, the fonts it needs at once, and our icon."""

from __future__ import annotations

import reflex as rx

STYLESHEETS = [
    "/contractflow.css",
    "/styles/controls.css",
    "/styles/data.css",
    "/styles/frame.css",
    "/styles/document.css",
    "/styles/landing.css",
]
FONTS = ["/fonts/inter-latin.woff2", "/fonts/source-serif-latin.woff2"]


def head() -> list[rx.Component]:
    """For rx.App(head_components=…)."""
    return [
        *[
            rx.el.link(
                rel="preload",
                href=font,
                custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
            )
            for font in FONTS
        ],
        rx.el.link(rel="icon", href="/logo.svg", type="image/svg+xml"),
        rx.el.meta(name="theme-color", content="#f9f9fb", media="(prefers-color-scheme: light)"),
        rx.el.meta(name="theme-color", content="#101113", media="(prefers-color-scheme: dark)"),
    ]
