"""The organisation one is in, at the top of the sidebar, and the menu that leads to another one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.brand import initials, logo_or_initials
from contractflow.components.icon import icon, link
from contractflow.components.missing import switch_form
from contractflow.services.orgs import Own

MENU = "organisation-menu"


def organisation_button(who: Any) -> rx.Component:
    return rx.el.button(
        logo_or_initials(who.org_name, who.logo),
        rx.el.span(who.org_name, class_name="cf-clip cf-sidebar__name"),
        icon("chevrons-up-down"),
        type="button",
        class_name="cf-sidebar__org",
        title=who.org_name,
        aria_label=f"Organisation: {who.org_name}",
        custom_attrs={"popoverTarget": MENU},
    )


def organisation_menu(who: Any) -> rx.Component:
    """The browser's own popover, which may hold native forms: switching takes a new session."""
    return rx.el.div(
        rx.foreach(who.organisations, _entry),
        rx.el.hr(class_name="cf-rule"),
        link(icon("building-2"), "All organisations", href="/organisations", class_name="cf-menu__item"),
        id=MENU,
        class_name="cf-menu cf-popover cf-popover--top",
        custom_attrs={"popover": "auto"},
    )


def _entry(row: Own) -> rx.Component:
    inside = (
        initials(row.name, square=True),
        rx.el.span(row.name, class_name="cf-clip cf-sidebar__name"),
    )
    here = rx.el.div(*inside, icon("check"), class_name="cf-menu__item", aria_current="true")
    press = rx.el.button(*inside, type="submit", class_name="cf-menu__item")
    return rx.cond(row.is_current, here, switch_form(row.id, "/home", press))
