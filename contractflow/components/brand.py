"""Our mark and our name."""

from __future__ import annotations

import reflex as rx

from contractflow.components.icon import anchor


def mark() -> rx.Component:
    return rx.el.img(src="/logo.svg", alt="", class_name="cf-mark")


def wordmark(href: str = "/") -> rx.Component:
    return anchor(mark(), "ContractFlow", href=href, class_name="cf-brand")


def initials(name: str | rx.Var[str], square: bool = False) -> rx.Component:
    """The first letters of a name, on a disc; `name` itself stands beside it."""
    look = "cf-avatar cf-avatar--square" if square else "cf-avatar"
    return rx.el.span(_letters(name), class_name=look, aria_hidden="true")


def _letters(name: str | rx.Var[str]) -> str | rx.Var[str]:
    return name[:1] if isinstance(name, str) else name.to(str)[:1]
