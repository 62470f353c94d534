"""Steps with their marks: the first days on Home, the pre-flight before sending."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.icon import Content, icon


def checklist(*steps: rx.Component) -> rx.Component:
    return rx.el.ol(*steps, class_name="cf-checklist")


def step(
    title: Content,
    words: Content,
    done: bool | rx.Var[bool],
    action: rx.Component | None = None,
    **props: Any,
) -> rx.Component:
    """One step; its action disappears once it is done."""
    return rx.el.li(
        rx.el.span(
            rx.cond(done, icon("circle-check", 20), icon("circle", 20)),
            rx.el.span(rx.cond(done, "Done:", "To do:"), class_name="cf-hidden"),
            class_name="cf-step__mark",
        ),
        rx.el.div(
            rx.el.p(title, class_name="cf-step__title"),
            rx.cond(done, rx.fragment(), rx.el.p(words, class_name="cf-step__words")),
        ),
        rx.cond(done, rx.fragment(), rx.el.div(action or rx.fragment(), class_name="cf-step__action")),
        class_name=rx.cond(done, "cf-step cf-step--done", "cf-step"),
        **props,
    )


def preflight(checks: Any) -> rx.Component:
    """`checks` is a var of rows with `is_met`, `words` and `why` (what to do when it is not met)."""
    return rx.el.ol(rx.foreach(checks, _check), class_name="cf-checklist")


def _check(check: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.cond(check.is_met, icon("circle-check", 20), icon("triangle-alert", 20)),
            rx.el.span(rx.cond(check.is_met, "Met:", "Not met:"), class_name="cf-hidden"),
            class_name="cf-step__mark",
        ),
        rx.el.div(
            rx.el.p(check.words, class_name="cf-step__title"),
            rx.cond(check.is_met, rx.fragment(), rx.el.p(check.why, class_name="cf-step__words")),
        ),
        class_name=rx.cond(check.is_met, "cf-step cf-step--done", "cf-step cf-step--blocked"),
        key=check.words,
    )
