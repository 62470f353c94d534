"""Our mark and our name."""

from __future__ import annotations

import reflex as rx

from contractflow.components.icon import Text, anchor


def mark() -> rx.Component:
    return rx.el.img(src="/logo.svg", alt="", class_name="cf-mark")


def wordmark(href: str = "/") -> rx.Component:
    return anchor(mark(), "ContractFlow", href=href, class_name="cf-brand")


def initials(name: str | rx.Var[str], square: bool = False) -> rx.Component:
    """The first letters of a name, on a disc; `name` itself stands beside it."""
    look = "cf-avatar cf-avatar--square" if square else "cf-avatar"
    return rx.el.span(_letters(name), class_name=look, aria_hidden="true")


def logo_or_initials(name: Text, logo: Text) -> rx.Component:
    """An organisation's own picture, on white because that is what logos are made for; `name` itself stands beside it."""
    shown = rx.el.span(rx.el.img(src=logo, alt=""), class_name="cf-logo")
    return rx.cond(logo, shown, initials(name, square=True))


def _letters(name: str | rx.Var[str]) -> str | rx.Var[str]:
    return name[:1] if isinstance(name, str) else name.to(str)[:1]
