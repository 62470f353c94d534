"""While it loads: the shape of what comes, in the place where it will be."""

from __future__ import annotations

import reflex as rx


def loaded(ready: rx.Var[bool], content: rx.Component, skeleton: rx.Component | None = None) -> rx.Component:
    """`content` once `ready`, the skeleton (of a list, unless given) before."""
    return rx.cond(ready, content, skeleton or skeleton_rows())


def skeleton_rows(count: int = 6) -> rx.Component:
    row = [_bone(), _bone("pill"), _bone(), _bone("short")]
    return _busy(*[rx.el.div(*row, class_name="cf-bone-row") for _ in range(count)])


def skeleton_text(paragraphs: int = 3) -> rx.Component:
    lines = [line for _ in range(paragraphs) for line in (_bone(), _bone(), _bone("half"))]
    return _busy(rx.el.div(_bone("title"), *lines, class_name="cf-bones"))


def skeleton_paper() -> rx.Component:
    return rx.el.div(skeleton_text(6), class_name="cf-paper cf-paper--coming")


def _bone(kind: str = "") -> rx.Component:
    return rx.el.span(class_name=f"cf-bone cf-bone--{kind}" if kind else "cf-bone")


def _busy(*bones: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.span("Loading", class_name="cf-hidden"), *bones, role="status", aria_busy="true")
