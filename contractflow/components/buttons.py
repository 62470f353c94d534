"""Buttons: they say the verb, show that it is being done, and cannot be pressed twice for one wish."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.icon import Content, Text, anchor, classes, icon, link


class BusyButton(rx.Component):
    """`busy` comes from the state; `blocked` keeps it readable and focusable but does nothing; `repeats` takes every press."""

    library = rx.asset("busy_button.jsx", shared=True).importable_path
    tag = "BusyButton"
    busy: rx.Var[bool]
    blocked: rx.Var[bool]
    repeats: rx.Var[bool]
    type: rx.Var[str]
    form: rx.Var[str]
    title: rx.Var[str]


def primary(label: Content, icon_name: str = "", **props: Any) -> rx.Component:
    """The one thing to do here. Takes on_click, type="submit", busy, blocked, why, large, full."""
    return _button("cf-button--primary", label, icon_name, **props)


def secondary(label: Content, icon_name: str = "", **props: Any) -> rx.Component:
    return _button("cf-button--secondary", label, icon_name, **props)


def danger(label: Content, icon_name: str = "", **props: Any) -> rx.Component:
    """Only for what cannot be undone, and only inside its dialog."""
    return _button("cf-button--danger", label, icon_name, **props)


def quiet(label: Content, icon_name: str = "", **props: Any) -> rx.Component:
    return _button("cf-button--quiet", label, icon_name, **props)


def icon_button(name: str, label: Text, **props: Any) -> rx.Component:
    """A picture alone; `label` is what it is called and what its hint says."""
    look = "cf-button cf-button--quiet cf-button--icon"
    return BusyButton.create(icon(name), type="button", title=label, aria_label=label, **_merged(look, props))


def link_button(
    label: Content, href: Text, icon_name: str = "", look: str = "primary", native: bool = False, **props: Any
) -> rx.Component:
    """Goes somewhere, so it is a link; `native` loads the page anew (sign-in, sign-up, files)."""
    inside = (icon(icon_name), label) if icon_name else (label,)
    props = _merged(f"cf-button cf-button--{look}", props)
    return anchor(*inside, href=href, **props) if native else link(*inside, href=href, **props)


def _button(
    look: str,
    label: Content,
    icon_name: str,
    why: Text = "",
    full: bool = False,
    large: bool = False,
    **props: Any,
) -> rx.Component:
    """`why` is the sentence that explains a blocked button."""
    names = classes("cf-button", look, "cf-button--full" if full else "", "cf-button--large" if large else "")
    if not isinstance(why, str) or why:
        props["title"] = why
    inside = (icon(icon_name), label) if icon_name else (label,)
    return BusyButton.create(*inside, **{"type": "button"} | _merged(names, props))


def _merged(names: str, props: dict[str, Any]) -> dict[str, Any]:
    return props | {"class_name": classes(names, props.get("class_name", ""))}
