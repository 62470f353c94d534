"""What is urgent about the plan, on every page; and the way to a larger one where a limit bites."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.icon import Text
from contractflow.components.notice import notice

PLAN = "/settings/plan"


def plan_banner(who: Any, route: str) -> rx.Component:
    """`who` has the plan's Banner; nothing while nothing is urgent. The plan's own page does not lead to itself."""
    banner = who.plan
    grave, mild = (
        notice(level, banner.title, banner.words, None if route == PLAN else _see())
        for level in ("error", "warning")
    )
    return rx.cond(banner.title, rx.cond(banner.level == "error", grave, mild))


def _see() -> rx.Component:
    return link_button("See the plan", PLAN, look="secondary")


def limit_reached(words: Text) -> rx.Component:
    """The sentence of a limit that is reached, and the plans beside it; nothing while `words` is empty."""
    see = link_button("See the plans", PLAN, look="secondary")
    return rx.cond(words, notice("info", words, action=see))
