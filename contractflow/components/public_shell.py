"""The frames before anybody is signed in: the landing page's, and the one around a form."""

from __future__ import annotations

import reflex as rx

from contractflow.components.brand import wordmark
from contractflow.components.buttons import link_button
from contractflow.components.icon import Content, skip_link


def public_frame(*content: Content) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            skip_link(),
            wordmark(),
            link_button("Sign in", "/login", look="quiet", native=True),
            link_button("Create account", "/signup", look="secondary", native=True),
            class_name="cf-public__head",
        ),
        rx.el.main(*content, id="content"),
        public_foot(),
        class_name="cf-public",
    )


def public_foot() -> rx.Component:
    return rx.el.footer(
        rx.el.span("ContractFlow"),
        rx.el.span(
            "Simple electronic signatures with a sealed record. Templates are a starting point, not legal advice."
        ),
        rx.el.a("Check a document", href="/verify"),
        class_name="cf-public__foot",
    )


def entry_frame(title: Content, lead: Content, *content: Content, aside: rx.Component) -> rx.Component:
    """A form on the left, a picture of what waits behind it on the right (not on a phone)."""
    return rx.el.div(
        rx.el.main(
            wordmark(),
            rx.el.div(
                rx.el.h1(title),
                rx.el.p(lead, class_name="cf-entry__lead"),
                *content,
                class_name="cf-entry__body",
            ),
            class_name="cf-entry__form",
        ),
        rx.el.aside(aside, class_name="cf-entry__aside", aria_hidden="true"),
        class_name="cf-entry",
    )
