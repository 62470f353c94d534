"""What a page is divided by: sections, facts, tabs, cards, and progress in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from contractflow.components.icon import Content, Text, link


def section(title: Text, *content: Content, action: rx.Component | None = None) -> rx.Component:
    """A heading, an optional action beside it, and content; a rule and white space divide sections."""
    return rx.el.section(
        rx.el.div(rx.el.h2(title), action or rx.fragment(), class_name="cf-section__head"),
        *content,
        class_name="cf-section",
    )


def card(*content: Content, **props: Any) -> rx.Component:
    """Only for what is moved or compared."""
    return rx.el.div(*content, class_name="cf-card", **props)


def facts(*pairs: tuple[str, Content]) -> rx.Component:
    """(term, value) pairs; values stand on one line down the page."""
    cells = [cell for term, value in pairs for cell in (rx.el.dt(term), rx.el.dd(value))]
    return rx.el.dl(*cells, class_name="cf-facts")


def tabs(label: str, current: Text, entries: Sequence[tuple[str, Content, str]]) -> rx.Component:
    """Tabs are links, so the address says where one is: (key, words, href)."""
    return rx.el.nav(
        *[_tab(words, href, current == key) for key, words, href in entries],
        class_name="cf-tabs",
        aria_label=label,
    )


def progress_words(done: Any, total: Any, verb: Text) -> rx.Component:
    """“1 of 2 signed”: the words first, the bar for the eye."""
    return rx.el.span(
        rx.el.progress(value=done, max=total, aria_hidden="true"),
        rx.el.span(done, " of ", total, " ", verb),
        class_name="cf-progress",
    )


def _tab(words: Content, href: str, is_current: Any) -> rx.Component:
    return link(words, href=href, aria_current=rx.cond(is_current, "page", "false"))
