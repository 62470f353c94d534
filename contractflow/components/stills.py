"""Stills of the product for the public pages: drawn with its own components, so they cannot drift from it."""

from __future__ import annotations

import reflex as rx

from contractflow.components.brand import initials
from contractflow.components.icon import Content
from contractflow.components.pill import APPROVAL, INVOICE, SIGNER, hued_pill, pill


def drafting() -> rx.Component:
    """A clause being written."""
    return _panel(
        rx.el.div(
            hued_pill("Writing", "sparkles", "indigo"),
            rx.el.span("Clause 4 of 9", class_name="cf-muted cf-small"),
            class_name="cf-line cf-line--apart",
        ),
        rx.el.div(
            rx.el.h4("4. Fees and payment"),
            rx.el.p(
                "The Client pays a total fee of €16,000.00 in three parts: a deposit of 30 % on signature, 40 % when "
                "the campaign goes live, and the remainder thirty days",
                rx.el.span(class_name="cf-caret"),
            ),
            class_name="cf-text cf-still__text",
        ),
    )


def deciding() -> rx.Component:
    """Who approves, who signs."""
    people = (
        ("Jonas Weber", "Creative director", pill(APPROVAL, "approved")),
        ("Anna Berg", "Fernhill, signs first", pill(SIGNER, "signed")),
        ("Tomás Ruiz", "Fernhill, signs second", pill(SIGNER, "viewed")),
    )
    signature = rx.el.div(rx.el.span("Anna Berg"), class_name="cf-still__signature")
    return _panel(*[_person(*person) for person in people], signature)


def paying() -> rx.Component:
    """A payment plan that is being kept."""
    parts = (
        ("Deposit, on signature", "€4,800.00", pill(INVOICE, "paid")),
        ("Campaign live", "€6,400.00", pill(INVOICE, "open")),
        ("Thirty days later", "€4,800.00", pill(INVOICE, "scheduled")),
    )
    total = rx.el.div(
        rx.el.span("Total"), rx.el.span("€16,000.00", class_name="cf-number"), class_name="cf-still__total"
    )
    return _panel(*[_part(*part) for part in parts], total)


def _person(name: str, role: str, state: rx.Component) -> rx.Component:
    return rx.el.div(
        initials(name),
        rx.el.div(rx.el.p(name, class_name="cf-strong"), rx.el.p(role, class_name="cf-muted cf-small")),
        state,
        class_name="cf-still__row cf-still__row--person",
    )


def _part(label: str, amount: str, state: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(label, class_name="cf-strong cf-clip"),
            rx.el.p(amount, class_name="cf-muted cf-small cf-number"),
        ),
        state,
        class_name="cf-still__row cf-still__row--part",
    )


def _panel(*content: Content) -> rx.Component:
    return rx.el.div(*content, class_name="cf-still cf-still--panel")
