"""Where a member can go, on both screens: the sidebar, the bar at the bottom of a phone, and the person's menu."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.brand import initials
from contractflow.components.icon import Content, icon, link, skip_link
from contractflow.components.organisations import organisation_button
from contractflow.components.palette import palette
from contractflow.components.theme import theme_choice
from contractflow.state.frame import FrameState
from contractflow.web.native import post_form

# fmt: off
NAV = (
    # words        where               icon
    ("Home",      "/home",             "house"),
    ("Leads",     "/leads",            "inbox"),
    ("Documents", "/documents",        "file-text"),
    ("Clients",   "/clients",          "users"),
    ("Projects",  "/projects",         "folder"),
    ("Invoices",  "/invoices",         "receipt"),
    ("Templates", "/templates",        "library"),
    ("Analytics", "/analytics",        "chart-column"),
)
IN_THE_BAR = 4
"""As many fit below a phone's page; the others are in the person's menu there."""
ALSO = {"clauses": "templates"}  # rooms that are behind another one's door
REST = (
    ("Notifications", "/notifications", "bell"),
    ("Settings",  "/settings/organisation", "settings"),
)
# fmt: on


def sidebar(route: str, who: Any) -> rx.Component:
    return rx.el.aside(
        skip_link(),
        organisation_button(who),
        palette() if who is FrameState else rx.fragment(),
        rx.el.nav(*[_nav_link(route, *entry) for entry in NAV], class_name="cf-nav", aria_label="Main"),
        rx.el.div(
            rx.el.nav(
                *[_nav_link(route, *entry, news=_news(entry[1], who)) for entry in REST],
                class_name="cf-nav",
                aria_label="More",
            ),
            _person(who),
            class_name="cf-nav--rest",
        ),
        class_name="cf-sidebar",
        aria_label="Sidebar",
    )


def bottom_bar(route: str, who: Any) -> rx.Component:
    more = rx.el.button(
        icon("ellipsis", 20),
        "More",
        _news("/notifications", who),
        type="button",
        custom_attrs={"popoverTarget": "person-menu"},
    )
    return rx.el.nav(
        *[_nav_link(route, *entry, look="", size=20) for entry in NAV[:IN_THE_BAR]],
        more,
        class_name="cf-bottombar",
        aria_label="Main, below",
    )


def _nav_link(
    route: str,
    words: str,
    href: str,
    icon_name: str,
    look: str = "cf-nav__link",
    size: int = 18,
    news: Content = "",
) -> rx.Component:
    room = route.split("/")[1]
    is_here = ALSO.get(room, room) == href.split("/")[1]
    current = {"aria_current": "page"} if is_here else {}
    return link(icon(icon_name, size), words, news, href=href, class_name=look, **current)


def _news(href: str, who: Any) -> Content:
    """How many are new, beside the way to them. A platform admin's frame has none."""
    news = getattr(who, "news", None)
    if href != "/notifications" or news is None:
        return ""
    return rx.cond(news, rx.el.span(news, rx.el.span(" new", class_name="cf-hidden"), class_name="cf-count"))


def _person(who: Any) -> rx.Component:
    return rx.el.button(
        initials(who.person_name),
        rx.el.span(
            rx.el.span(who.person_name, class_name="cf-clip cf-strong"),
            rx.el.br(),
            rx.el.span(who.role, class_name="cf-muted cf-small"),
            class_name="cf-person__names cf-clip",
        ),
        icon("chevrons-up-down"),
        type="button",
        class_name="cf-person",
        custom_attrs={"popoverTarget": "person-menu"},
    )


def person_menu(who: Any) -> rx.Component:
    """The browser's own popover: closes on Escape and outside, and may hold a native form."""
    settings = [
        link(icon(name), words, _news(href, who), href=href, class_name="cf-menu__item cf-phone-only")
        for words, href, name in (*NAV[IN_THE_BAR:], ("Organisations", "/organisations", "building-2"), *REST)
    ]
    platform = link(
        icon("server"), "Platform", href="/admin/jobs", class_name="cf-menu__item", reload_document=True
    )
    sign_out = rx.el.button(icon("log-out"), "Sign out", type="submit", class_name="cf-menu__item")
    return rx.el.div(
        rx.el.div(
            rx.el.p(who.person_name, class_name="cf-strong cf-clip"),
            rx.el.p(who.org_name, class_name="cf-muted cf-small cf-clip"),
            class_name="cf-menu__head",
        ),
        theme_choice(),
        rx.el.hr(class_name="cf-rule"),
        _search() if who is FrameState else rx.fragment(),
        *settings,
        rx.cond(who.is_platform_admin, platform),
        post_form(sign_out, action="/auth/logout"),
        id="person-menu",
        class_name="cf-menu cf-popover",
        custom_attrs={"popover": "auto"},
    )


def _search() -> rx.Component:
    """Opens the palette, whose own button is in the sidebar."""
    return rx.el.button(
        icon("search"),
        "Search",
        type="button",
        class_name="cf-menu__item cf-phone-only",
        custom_attrs={"data-palette": "", "popoverTarget": "person-menu", "popoverTargetAction": "hide"},
    )
