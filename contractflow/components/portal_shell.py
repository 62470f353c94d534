"""The frame a client sees: whose document it is, the document first, and one next step at the bottom."""

from __future__ import annotations

import reflex as rx

from contractflow.components.brand import logo_or_initials
from contractflow.components.connection import reconnecting_bar
from contractflow.components.icon import Content, Text, skip_link


def portal_frame(
    agency: Text,
    *content: Content,
    about: Text = "",
    logo: Text = "",
    step: rx.Component | None = None,
    human: Content = "",
) -> rx.Component:
    """`about` stands under the agency's name (“Statement of work for Fernhill”); `human` is whom to ask."""
    return rx.el.div(
        _head(agency, about, logo),
        rx.el.main(*content, class_name="cf-portal__main", id="content", tab_index=-1),
        rx.el.footer(rx.el.p(human), rx.el.p("Kept safe by ContractFlow"), class_name="cf-portal__foot"),
        step or rx.fragment(),
        reconnecting_bar(),
        class_name="cf-portal",
    )


def next_step(words: Content, *buttons: rx.Component) -> rx.Component:
    """The fixed bar: where one is, in words (“Step 2 of 3”), and the one button; a quiet one may stand before it."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(words, class_name="cf-nextstep__words"), *buttons, class_name="cf-nextstep__inner"
        ),
        class_name="cf-nextstep",
        role="region",
        aria_label="Next step",
    )


def _head(agency: Text, about: Text, logo: Text) -> rx.Component:
    return rx.el.header(
        skip_link(),
        logo_or_initials(agency, logo),
        rx.el.div(
            rx.el.span(agency, class_name="cf-clip"),
            rx.el.small(about, class_name="cf-clip"),
            class_name="cf-portal__agency",
        ),
        class_name="cf-portal__head",
    )
