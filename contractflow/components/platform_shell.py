"""The frame of the platform's own pages. Whoever is no platform admin finds there what stands at every wrong address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from contractflow.components.missing import nothing_here
from contractflow.components.sections import tabs
from contractflow.components.shell import View, frame, top_line
from contractflow.state.platform_door import PlatformDoorState, put_behind

# fmt: off
PAGES = (
    # address                what the tab says
    ("/admin/organisations", "Organisations"),
    ("/admin/jobs",          "Jobs"),
    ("/admin/reports",       "Browser reports"),
)
# fmt: on


def platform_page(route: str, title: str, *, on_load: Sequence[Any], tab: str = "") -> Callable[[View], View]:
    """Register the decorated view. The title of the window names nothing, for others read it as well.

    `on_load` runs for platform admins only, after the frame; `tab` is the one that leads here, if it is not `route`.
    """

    def register(view: View) -> View:
        def page() -> rx.Component:
            content = rx.el.div(_tabs(tab or route), view(), class_name="cf-stack cf-stack--wide")
            inside = frame(route, top_line("Platform", None, None), content)
            seen = rx.cond(PlatformDoorState.is_open, inside, nothing_here())
            return rx.cond(PlatformDoorState.is_known, seen, rx.fragment())

        page.__name__ = f"platform_{title}"
        page.__module__ = view.__module__  # as in shell.py
        rx.page(route=route, title="ContractFlow", on_load=put_behind(route, on_load))(page)
        return view

    return register


def _tabs(route: str) -> rx.Component:
    return tabs("Platform", route, [(href, words, href) for href, words in PAGES])
